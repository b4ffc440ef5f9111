import "uplot/dist/uPlot.min.css";
import "./theme.css";
import { render } from "preact";
import { App } from "./app.tsx";

const host = document.getElementById("app");
if (host !== null) render(<App />, host);
