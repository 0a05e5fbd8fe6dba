import { start } from "./core/start.js";
import { runClient } from "./teams/client.js";

start(runClient);
