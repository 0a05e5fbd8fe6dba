// Every operation of dynamics-web-api on rows, in one process; prints what each step returned as JSON.
import { DynamicsWebApi } from "dynamics-web-api";

const { ADDRESS, TOKEN, DATA } = process.env;
const given = JSON.parse(DATA);
const config = {
  serverUrl: `${ADDRESS}/`,
  dataApi: { version: "9.2" },
  onTokenRefresh: async () => TOKEN,
};
const api = new DynamicsWebApi(config);
const answers = {};

async function step(name, act) {
  try {
    const value = await act();
    answers[name] = { value: value === undefined ? null : value };
  } catch (error) {
    // In batches the error of a part stays below `error`.
    const shown = (one) => ({ status: one.status, ...(one.error ?? { code: one.code, message: one.message }) });
    answers[name] = { error: Array.isArray(error) ? error.map(shown) : shown(error) };
  }
  return answers[name].value;
}

async function batch(name, fill, request) {
  await step(name, async () => {
    api.startBatch();
    fill();
    return api.executeBatch(request);
  });
}

const ACCOUNT = given.account;
const NOBODY = "00000000-0000-0000-0000-000000000001";

// Rows.
const made = await step("create", () => api.create({ collection: "accounts", data: { name: "Été & fils", revenue: 1000.5 } }));
await step("create representation", () =>
  api.create({ collection: "accounts", data: { name: "Shown", numberofemployees: 12 }, returnRepresentation: true,
    select: ["name", "numberofemployees"] }));
await step("create in navigation", () =>
  api.create({ collection: "accounts", key: made, navigationProperty: "contact_customer_accounts",
    data: { firstname: "Nav", lastname: "Igation" }, returnRepresentation: true, select: ["fullname", "_parentcustomerid_value"] }));
const contact = await step("create bound", () =>
  api.create({ collection: "contacts", data: { lastname: "Bound", "parentcustomerid_account@odata.bind": `accounts(${made})` } }));
await step("retrieve", () =>
  api.retrieve({ collection: "accounts", key: made, select: ["name", "revenue"],
    expand: [{ property: "contact_customer_accounts", select: ["fullname"], filter: "lastname eq 'Bound'", orderBy: ["fullname asc"], top: 1 }] }));
await step("retrieve annotated", () =>
  api.retrieve({ collection: "accounts", key: ACCOUNT, select: ["name", "industrycode", "_ownerid_value"], includeAnnotations: "*" }));
await step("retrieve navigation", () =>
  api.retrieve({ collection: "contacts", key: contact, navigationProperty: "parentcustomerid_account", select: ["name"] }));
await step("retrieve by alternate key", async () => {
  await api.update({ collection: "accounts", key: made, data: { accountnumber: "DWA'1" } });
  return api.retrieve({ collection: "accounts", key: "accountnumber='DWA''1'", select: ["name"] });
});
await step("retrieve missing", () => api.retrieve({ collection: "accounts", key: NOBODY }));
const row = await step("retrieve for condition", () => api.retrieve({ collection: "accounts", key: made, select: ["name"] }));
await step("retrieve unchanged", () =>
  api.retrieve({ collection: "accounts", key: made, select: ["name"], ifnonematch: row["@odata.etag"] }));
await step("update", () => api.update({ collection: "accounts", key: made, data: { telephone1: "+33 1" } }));
await step("update representation", () =>
  api.update({ collection: "accounts", key: made, data: { telephone1: "+33 2" }, returnRepresentation: true, select: ["telephone1"] }));
await step("update stale", () =>
  api.update({ collection: "accounts", key: made, data: { fax: "1" }, ifmatch: row["@odata.etag"] }));
await step("update missing", () => api.update({ collection: "accounts", key: NOBODY, data: { fax: "1" } }));
await step("update single property", () =>
  api.updateSingleProperty({ collection: "accounts", key: made, fieldValuePair: { fax: "42" } }));
await step("single property read", () =>
  api.retrieve({ collection: "accounts", key: made, select: ["fax"] }));
await step("delete property", () => api.deleteRecord({ collection: "accounts", key: made, property: "fax" }));
await step("single property gone", () =>
  api.retrieve({ collection: "accounts", key: made, select: ["fax"] }));
await step("upsert new", () =>
  api.upsert({ collection: "accounts", key: given.fresh, data: { name: "Upserted" }, returnRepresentation: true, select: ["name"] }));
await step("upsert existing", () =>
  api.upsert({ collection: "accounts", key: given.fresh, data: { name: "Upserted again" } }));
await step("upsert only new", () =>
  api.upsert({ collection: "accounts", key: given.fresh, data: { name: "No" }, ifnonematch: "*" }));
await step("upsert only existing", () =>
  api.upsert({ collection: "accounts", key: NOBODY, data: { name: "No" }, ifmatch: "*" }));
await step("delete stale", () =>
  api.deleteRecord({ collection: "accounts", key: made, ifmatch: 'W/"1"' }));

// Relations.
await step("associate", () =>
  api.associate({ collection: "accounts", primaryKey: ACCOUNT, relationshipName: "contact_customer_accounts",
    relatedCollection: "contacts", relatedKey: contact }));
await step("associated", () =>
  api.retrieveMultiple({ collection: `accounts(${ACCOUNT})/contact_customer_accounts`, filter: "lastname eq 'Bound'", select: ["lastname"] }));
await step("disassociate", () =>
  api.disassociate({ collection: "accounts", primaryKey: ACCOUNT, relationshipName: "contact_customer_accounts", relatedKey: contact }));
await step("associate single", () =>
  api.associateSingleValued({ collection: "accounts", primaryKey: made, navigationProperty: "primarycontactid",
    relatedCollection: "contacts", relatedKey: contact }));
await step("associated single", () =>
  api.retrieve({ collection: "accounts", key: made, select: ["name"], expand: [{ property: "primarycontactid", select: ["lastname"] }] }));
await step("disassociate single", () =>
  api.disassociateSingleValued({ collection: "accounts", primaryKey: made, navigationProperty: "primarycontactid" }));
await step("many to many", async () => {
  await api.associate({ collection: "teams", primaryKey: given.team, relationshipName: "teammembership_association",
    relatedCollection: "systemusers", relatedKey: given.user });
  const found = await api.retrieveMultiple({ collection: `teams(${given.team})/teammembership_association`, select: ["fullname"] });
  await api.disassociate({ collection: "teams", primaryKey: given.team, relationshipName: "teammembership_association", relatedKey: given.user });
  return found.value.map((user) => user.systemuserid).includes(given.user);
});

// Lists, counts, pages.
await step("retrieveMultiple", () =>
  api.retrieveMultiple({ collection: "accounts", select: ["name"], filter: "startswith(name,'Northwind') and accountid ne {" + NOBODY + "}",
    orderBy: ["name desc"], count: true, top: 3 }));
await step("pages", async () => {
  const first = await api.retrieveMultiple({ collection: "accounts", select: ["name"], maxPageSize: 250 });
  const second = await api.retrieveMultiple({ collection: "accounts", select: ["name"], maxPageSize: 250 }, first.oDataNextLink);
  const third = await api.retrieveMultiple({ collection: "accounts", select: ["name"], maxPageSize: 250 }, second.oDataNextLink);
  return [first.value.length, second.value.length, typeof third.oDataNextLink,
    new Set([...first.value, ...second.value, ...third.value].map((one) => one.accountid)).size];
});
await step("retrieveAll", async () =>
  (await api.retrieveAll({ collection: "opportunities", select: ["name"], maxPageSize: 300 })).value.length);
await step("apply", () =>
  api.retrieveMultiple({ collection: "opportunities", apply: "groupby((statecode),aggregate(estimatedvalue with sum as total,$count as n))" }));
await step("count", () => api.count({ collection: "opportunities" }));
await step("count filtered", () => api.count({ collection: "opportunities", filter: "statecode eq 1" }));
await step("countAll", () => api.countAll({ collection: "opportunities", filter: "statecode eq 1", select: ["name"] }));
await step("saved query", async () =>
  (await api.retrieve({ collection: "opportunities", savedQuery: given.view })).value.length);
await step("user query", async () =>
  (await api.retrieve({ collection: given.personal.set, userQuery: given.personal.id })).value.length);
await step("long address", async () =>
  (await api.retrieveMultiple({ collection: "accounts", select: ["name"],
    filter: Array.from({ length: 120 }, (_, at) => `name eq 'Nothing number ${at}'`).join(" or ") + " or name eq 'Northwind Traders'" })).value.length);

// FetchXML.
const xml = (attributes, inner = "") =>
  `<fetch ${attributes}><entity name="account"><attribute name="name"/><attribute name="accountid"/>${inner}</entity></fetch>`;
await step("fetch", () =>
  api.fetch({ collection: "accounts", fetchXml: xml('count="5"', '<order attribute="name"/>'), includeAnnotations: "*" }));
await step("fetch pages", async () => {
  const first = await api.fetch({ collection: "accounts", fetchXml: xml('count="300"'), includeAnnotations: "*" });
  const second = await api.fetch({ collection: "accounts", fetchXml: xml('count="300"'), pageNumber: first.PagingInfo.nextPage,
    pagingCookie: first.PagingInfo.cookie });
  return [first.value.length, first.PagingInfo.nextPage, second.value.length,
    new Set([...first.value, ...second.value].map((one) => one.accountid)).size];
});
await step("fetchAll", async () =>
  (await api.fetchAll({ collection: "accounts", fetchXml: xml('count="150"'), includeAnnotations: "*" })).value.length);
await step("fetch linked", () =>
  api.fetch({ collection: "contacts", fetchXml: '<fetch top="1"><entity name="contact"><attribute name="fullname"/><filter>'
    + `<condition attribute="contactid" operator="eq" value="${contact}"/></filter><link-entity name="systemuser" from="systemuserid"`
    + ' to="createdby"><attribute name="fullname"/></link-entity></entity></fetch>' }));

// Functions and actions.
await step("WhoAmI", () => api.callFunction("WhoAmI"));
await step("function with parameters", () =>
  api.callFunction({ name: "RetrieveSharedPrincipalsAndAccess", parameters: { Target: { "@odata.id": `accounts(${made})` } } }));
await step("bound function", () =>
  api.callFunction({ collection: "systemusers", key: given.user, name: "Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName",
    parameters: { PrivilegeName: "prvReadAccount" } }));
await step("bound function with target", () =>
  api.callFunction({ collection: "systemusers", key: given.user, name: "Microsoft.Dynamics.CRM.RetrievePrincipalAccess",
    parameters: { Target: { "@odata.id": `accounts(${made})` } } }));
await step("total count", () =>
  api.callFunction({ name: "RetrieveTotalRecordCount", parameters: { EntityNames: ["account"] } }));
await step("action", () =>
  api.callAction({ actionName: "msdyn_SetTeamsDocumentStatus", action: { Enable: true, LogicalEntityNames: '["account"]' } }));
await step("bound action", () =>
  api.callAction({ collection: "teams", key: given.team, actionName: "Microsoft.Dynamics.CRM.AddMembersTeam",
    action: { Members: [{ "@odata.type": "Microsoft.Dynamics.CRM.systemuser", systemuserid: given.user }] } }));
await step("action on a set", () =>
  api.callAction({ collection: "accounts", actionName: "Microsoft.Dynamics.CRM.CreateMultiple",
    action: { Targets: [1, 2].map((n) => ({ "@odata.type": "Microsoft.Dynamics.CRM.account", name: `Many ${n}` })) } }));
await step("share", () =>
  api.callAction({ actionName: "GrantAccess", action: {
    Target: { "@odata.type": "Microsoft.Dynamics.CRM.account", accountid: made },
    PrincipalAccess: { AccessMask: "ReadAccess", Principal: { "@odata.type": "Microsoft.Dynamics.CRM.systemuser", systemuserid: given.user } } } }));
await step("unshare", () =>
  api.callAction({ actionName: "RevokeAccess", action: {
    Target: { "@odata.type": "Microsoft.Dynamics.CRM.account", accountid: made },
    Revokee: { "@odata.type": "Microsoft.Dynamics.CRM.systemuser", systemuserid: given.user } } }));

// Change tracking.
await step("changes", async () => {
  const first = await api.retrieveMultiple({ collection: "accounts", select: ["name"], trackChanges: true });
  const late = await api.create({ collection: "accounts", data: { name: "Late" } });
  await api.deleteRecord({ collection: "accounts", key: given.fresh });
  const link = first.oDataDeltaLink;
  const next = await api.retrieveMultiple({ collection: "accounts" }, link);
  return { whole: first.value.length > 600, names: next.value.map((one) => one.name ?? one.reason),
    late: next.value[0].accountid === late, link: typeof next.oDataDeltaLink };
});

// Batches.
await batch("batch", () => {
  api.create({ collection: "accounts", data: { name: "In batch" }, contentId: "1", inChangeSet: true });
  api.create({ collection: "contacts", data: { lastname: "Child" }, contentId: "2", inChangeSet: true });
  api.associateSingleValued({ collection: "$1", navigationProperty: "primarycontactid", relatedCollection: "", relatedKey: "$2", inChangeSet: true });
  api.retrieveMultiple({ collection: "accounts", select: ["name"], filter: "name eq 'In batch'", inChangeSet: false });
});
await batch("batch parent and child", () => {
  api.create({ collection: "accounts", data: { name: "Parent" }, contentId: "1" });
  api.create({ collection: "$1/contact_customer_accounts", data: { lastname: "Kid" } });
});
await batch("batch reads", () => {
  api.count({ collection: "opportunities", inChangeSet: false });
  api.retrieve({ collection: "accounts", key: ACCOUNT, select: ["name"], inChangeSet: false });
  api.callFunction({ name: "WhoAmI", inChangeSet: false });
  api.fetch({ collection: "accounts", fetchXml: xml('top="1"'), inChangeSet: false });
});
await batch("batch writes", () => {
  api.update({ collection: "accounts", key: made, data: { description: "batch" }, contentId: "1" });
  api.upsert({ collection: "accounts", key: given.another, data: { name: "Batch upsert" }, contentId: "2" });
  api.updateSingleProperty({ collection: "accounts", key: made, fieldValuePair: { fax: "7" } });
  api.deleteRecord({ collection: "accounts", key: given.another });
});
await batch("batch failing", () => {
  api.create({ collection: "accounts", data: { name: "Never" }, contentId: "1" });
  api.update({ collection: "accounts", key: NOBODY, data: { name: "x" }, contentId: "2" });
});
await batch("batch going on", () => {
  api.retrieve({ collection: "accounts", key: NOBODY, inChangeSet: false });
  api.retrieve({ collection: "accounts", key: ACCOUNT, select: ["name"], inChangeSet: false });
}, { continueOnError: true });

// Impersonation, own headers, other settings.
const acting = new DynamicsWebApi({ ...config, impersonate: given.user });
await step("impersonate", async () => (await acting.callFunction("WhoAmI")).UserId);
await step("impersonate by directory id", async () =>
  (await api.callFunction({ name: "WhoAmI", impersonateAAD: given.object })).UserId);
await step("refused", () => acting.create({ collection: "opportunities", data: { name: "x" } }));
await step("further headers", () =>
  api.create({ collection: "accounts", data: { name: "Headers" }, duplicateDetection: true, bypassCustomPluginExecution: true,
    noCache: true, tag: "a tag", headers: { "Consistency": "Strong" }, returnRepresentation: true, select: ["name"] }));
const named = new DynamicsWebApi({ ...config, useEntityNames: true, includeAnnotations: "OData.Community.Display.V1.FormattedValue",
  maxPageSize: 2, returnRepresentation: true });
await step("entity names", async () => {
  const found = await named.retrieveMultiple({ collection: "opportunity", select: ["name", "statecode"] });
  return [found.value.length, found.value[0]["statecode@OData.Community.Display.V1.FormattedValue"],
    named.Utility.getCollectionName("savedquery")];
});
await step("wrong token", () => new DynamicsWebApi({ ...config, onTokenRefresh: async () => "no" }).callFunction("WhoAmI"));
await step("query parameters", async () =>
  (await api.retrieveMultiple({ collection: "accounts", queryParams: ["$select=name", "$top=2", "$orderby=@p1 asc", "@p1=name"] })).value.length);
await step("delete", () => api.deleteRecord({ collection: "accounts", key: made }));
await step("delete missing", () => api.deleteRecord({ collection: "accounts", key: made }));

console.log(JSON.stringify(answers));
