import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { versionText } from "../deploys.ts";
import { narrow } from "../location.ts";
import { narrowedTo } from "../panels/narrowing.ts";
import { chooseTheme } from "../theme.ts";
import { RANGES, timeText, utcText } from "../time.ts";
import { useView } from "../viewer.ts";
import { Boundary } from "./boundary.tsx";
import { Headline } from "./headline.tsx";
import { Link } from "./link.tsx";
import { OwnRange } from "./own-range.tsx";
import { TwoVersions } from "./two-versions.tsx";

const PAGES: readonly (readonly [path: string, label: string, icon: string])[] = [
  ["/", "Overview", "M3 12l9-8 9 8v8h-6v-6H9v6H3z"],
  ["/sections/worker-health", "Workers", "M4 5h16v5H4zm0 9h16v5H4z"],
  ["/slos", "SLOs", "M4 18a8 8 0 1 1 16 0M12 18l4-6"],
  ["/alerts", "Alerts", "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4"],
  ["/errors", "Errors", "M12 3l10 18H2zM12 10v5M12 18v.5"],
  ["/queues", "Queues", "M3 6h18M3 12h12M3 18h8"],
  ["/sandboxes", "Sandboxes", "M12 2l9 5v10l-9 5-9-5V7zM3 7l9 5 9-5M12 12v10"],
  ["/runbooks", "Runbooks", "M5 3h11l3 3v15H5zM8 10h8M8 14h8"],
];

/** Older ones are reached by their deploys on the time axis. */
const MOST_VERSIONS = 20;

/** Rail, top bar and the one line that says whether anything is wrong. */
export function Shell({ title, children }: { title: string; children: ComponentChildren }) {
  const { place } = useView();
  const main = useRef<HTMLElement>(null);
  const path = useRef(place.path);
  useEffect(() => {
    if (path.current === place.path) return;
    path.current = place.path;
    // As when a page is loaded: whoever uses a keyboard goes on from its content, and a screen reader says its name.
    main.current?.focus({ preventScroll: true });
  }, [place.path]);
  useEffect(() => {
    document.title = `${title} · MonoTask Monitoring`;
  }, [title]);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <nav class="rail" aria-label="Pages">
        <div class="rail-pages">
          <div class="brand" aria-hidden="true">
            <svg viewBox="0 0 32 32">
              <rect width="32" height="32" rx="7" />
              <path d="M6 18h5l3-9 5 15 3-8h4" />
            </svg>
            <span>MonoTask</span>
          </div>
          {PAGES.map(([path, label, icon]) => (
            <Link key={path} to={path} current={isWithin(place.path, path)} class="rail-link">
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d={icon} />
              </svg>
              <span>{label}</span>
            </Link>
          ))}
        </div>
      </nav>
      <div class="page">
        <TopBar title={title} />
        <main id="content" ref={main} tabIndex={-1} aria-label={title}>
          <Boundary what="The state of objectives and alerts">
            <Headline />
          </Boundary>
          <TwoVersions />
          {children}
        </main>
      </div>
    </div>
  );
}

function isWithin(path: string, page: string): boolean {
  if (page === "/sections/worker-health") return path.startsWith("/sections/") || path === "/workers";
  return page === "/" ? path === "/" : path === page || path.startsWith(`${page}/`);
}

/** What can be chosen, and what the address has chosen: a list without it would say that all are shown. */
function withChosen(names: readonly string[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || chosen === "" || names.includes(chosen) ? names : [...names, chosen];
}

/** Pages with panels over the chosen range: those can be compared with the period before. */
function hasPanels(path: string): boolean {
  return path === "/" || /^\/(?:sections\/|workers$|queues$|sandboxes$)/.test(path);
}

function TopBar({ title }: { title: string }) {
  const { range, nowMs, me, theme, refresh, place, versions } = useView();
  const search = useRef<HTMLInputElement>(null);
  const own = useRef<HTMLButtonElement>(null);
  const [isOwnOpen, setOwnOpen] = useState(false);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof Element && event.target.matches("input, textarea, select");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, []);
  return (
    <header class="top">
      <h1>{title}</h1>
      {narrowedTo(place.query).map(([name, value]) => (
        <button
          key={name}
          type="button"
          class="chip"
          onClick={() => narrow({ [name]: undefined })}
          aria-label={`${name} ${value}: show all again`}
          title={`${name} ${value}: show all again`}
        >
          <span class="chip-name">
            {name} <bdi>{name === "version" ? versionText(value) : value}</bdi>
          </span>{" "}
          ×
        </button>
      ))}
      <span class="top-space" />
      <input
        ref={search}
        class="search"
        type="search"
        placeholder="Narrow to a worker  /"
        aria-label="Narrow to a worker"
        value={place.query["worker"] ?? ""}
        onChange={(event) => narrow({ worker: event.currentTarget.value.trim() || undefined })}
      />
      <div class="ranges" role="group" aria-label="Time range">
        {RANGES.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            aria-pressed={range.id === id}
            onClick={() => narrow({ range: id, from: undefined, to: undefined })}
          >
            {label}
          </button>
        ))}
        <button
          type="button"
          ref={own}
          aria-pressed={range.id === undefined}
          aria-expanded={isOwnOpen}
          title={range.id === undefined ? `${utcText(range.fromMs)} to ${utcText(range.toMs)}` : "Choose two moments"}
          onClick={() => setOwnOpen(!isOwnOpen)}
        >
          {range.id === undefined ? `${timeText(range.fromMs, nowMs)}–${timeText(range.toMs, nowMs)}` : "Other"}
        </button>
      </div>
      {hasPanels(place.path) && (
        <button
          type="button"
          class="button"
          aria-pressed={place.query["compare"] === "1"}
          title="Compare with the period before"
          onClick={() => narrow({ compare: place.query["compare"] === "1" ? undefined : "1" })}
        >
          Compare
        </button>
      )}
      <select
        class="select"
        aria-label="Environment"
        value={place.query["environment"] ?? ""}
        onChange={(event) => narrow({ environment: event.currentTarget.value || undefined })}
      >
        <option value="">all environments</option>
        {withChosen([...new Set([me.environment, "production", "staging"])], place.query["environment"]).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {versions.length > 1 && (
        <select
          class="select"
          aria-label="Version"
          value={place.query["version"] ?? ""}
          onChange={(event) => narrow({ version: event.currentTarget.value || undefined })}
        >
          <option value="">all versions</option>
          {withChosen(versions.slice(0, MOST_VERSIONS), place.query["version"]).map((version) => (
            <option key={version} value={version}>
              {versionText(version)}
            </option>
          ))}
        </select>
      )}
      <button type="button" class="button" onClick={refresh} title={`Refreshes by itself each minute; last at ${utcText(nowMs)}`}>
        <span aria-hidden="true">↻</span> <time dateTime={new Date(nowMs).toISOString()}>{timeText(nowMs, nowMs)}</time>
      </button>
      <button
        type="button"
        class="button button-icon"
        aria-label={theme === "dark" ? "Light theme" : "Dark theme"}
        onClick={() => chooseTheme(theme === "dark" ? "light" : "dark")}
      >
        {theme === "dark" ? "☀" : "☾"}
      </button>
      {isOwnOpen && (
        <OwnRange
          close={() => {
            setOwnOpen(false);
            own.current?.focus();
          }}
        />
      )}
    </header>
  );
}
