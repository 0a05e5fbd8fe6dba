// Reads CSDL from the file named first, strictly; prints the messages and the sets, types and operations found.
const fs = require("fs");
const { xml2json } = require("odata-csdl");

const messages = [];
const model = xml2json(fs.readFileSync(process.argv[2], "utf8"), { strict: true, messages });
const schema = model[process.argv[3] ?? "Microsoft.Dynamics.CRM"];
const named = (kind) => Object.keys(schema).filter((name) => schema[name].$Kind === kind);
const container = schema[model.$EntityContainer.split(".").pop()];
const operations = (kind) => Object.keys(schema).filter((name) => Array.isArray(schema[name]) && schema[name][0].$Kind === kind);
console.log(JSON.stringify({
  messages: messages.map((one) => one.message),
  version: model.$Version,
  container: model.$EntityContainer,
  sets: Object.keys(container).filter((name) => container[name].$Collection),
  types: named("EntityType"),
  enums: named("EnumType"),
  functions: operations("Function"),
  actions: operations("Action"),
}));
