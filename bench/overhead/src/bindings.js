/* global Response */
// Clients that answer at once, of the classes that the runtime's own have: what is left of a call is what is around it.
const RESULT = {
  success: true,
  results: [{ id: 1, name: "a" }],
  meta: { duration: 0.1, rows_read: 1, rows_written: 0, changes: 0 },
};

class KvNamespace {
  async get() {
    return "{}";
  }
}

class D1PreparedStatement {
  bind() {
    return new D1PreparedStatement();
  }
  async all() {
    return RESULT;
  }
}

class D1Database {
  prepare() {
    return new D1PreparedStatement();
  }
}

globalThis.fetch = async () => new Response("{}");

export const bindings = { CACHE: new KvNamespace(), DB: new D1Database() };
