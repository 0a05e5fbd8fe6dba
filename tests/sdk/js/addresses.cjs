// Reads addresses, a JSON list on standard input, with the grammar of OData; prints those it refuses.
const { odataUri } = require("odata-v4-parser");

const refused = [];
for (const address of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
  try {
    odataUri(address);
  } catch (error) {
    refused.push([address, error.message]);
  }
}
console.log(JSON.stringify(refused));
