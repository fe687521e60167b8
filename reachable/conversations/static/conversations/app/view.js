/** The one place that knows where the library for drawing lies. */
export { html, nothing, render } from "../../vendor/lit-html.js";
