/** What happens beside a handler's call. Whatever it throws is swallowed: the host must not notice. */
export interface Observer {
  readonly returned?: (value: unknown) => void;
  readonly threw?: (error: unknown) => void;
}

export type Method = (...args: readonly unknown[]) => unknown;

/**
 * Calls a host's method with an observer beside it. The very value is returned or thrown on; a synchronous method stays synchronous.
 * @param start begins the observation; undefined where nothing is to be observed
 */
export function observed(host: object, method: Method, start: (args: readonly unknown[]) => Observer | undefined): Method {
  return (...args) => {
    const observer = quietly(() => start(args));
    if (!observer) return Reflect.apply(method, host, args);
    let result: unknown;
    try {
      result = Reflect.apply(method, host, args);
    } catch (error) {
      quietly(() => observer.threw?.(error));
      throw error;
    }
    if (!(result instanceof Promise)) {
      quietly(() => observer.returned?.(result));
      return result;
    }
    return result.then(
      (value: unknown) => {
        quietly(() => observer.returned?.(value));
        return value;
      },
      (error: unknown) => {
        quietly(() => observer.threw?.(error));
        throw error;
      },
    );
  };
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
