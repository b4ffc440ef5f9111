import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

const KEY = "monotask-theme";
const DARK = "(prefers-color-scheme: dark)";

/** The viewer's choice, else the system's. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState<Theme>(themeNow);
  useEffect(() => {
    const follow = (): void => {
      document.documentElement.dataset["theme"] = themeNow();
      setTheme(themeNow());
    };
    follow();
    const media = matchMedia(DARK);
    media.addEventListener("change", follow);
    addEventListener("monotask-theme", follow);
    return () => {
      media.removeEventListener("change", follow);
      removeEventListener("monotask-theme", follow);
    };
  }, []);
  return theme;
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  dispatchEvent(new Event("monotask-theme"));
}

function themeNow(): Theme {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia(DARK).matches ? "dark" : "light";
}
