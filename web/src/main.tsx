import { render } from "preact";
import { App } from "./app";
import { begin } from "./session";
import "./styles.css";

const place = document.getElementById("app");
if (place === null) throw new Error("the document has no #app");
void begin();
render(<App />, place);
