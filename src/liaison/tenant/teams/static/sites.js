import { start } from "./core/start.js";
import { runSite } from "./files/site.js";

start(runSite);
