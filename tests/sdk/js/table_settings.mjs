// What the product asks of table definitions and locations, asked by dynamics-web-api; prints the answers as JSON.
import { DynamicsWebApi } from "dynamics-web-api";

const { ADDRESS, TOKEN, DATA } = process.env;
const { user, location } = JSON.parse(DATA);
const api = new DynamicsWebApi({ serverUrl: `${ADDRESS}/`, dataApi: { version: "9.2" }, onTokenRefresh: async () => TOKEN });

const read = (select) => api.retrieveEntity({ key: "LogicalName='contact'", select });
const before = await read(["LogicalName", "IsDocumentManagementEnabled"]);
const whole = await read();
await api.updateEntity({ data: { ...whole, IsDocumentManagementEnabled: true }, mergeLabels: true });
await api.callAction({ actionName: "PublishXml", action: {
  ParameterXml: "<importexportxml><entities><entity>contact</entity></entities></importexportxml>" } });
const after = await read(["LogicalName", "IsDocumentManagementEnabled"]);
const { RolePrivileges } = await api.callFunction({
  collection: "systemusers", key: user, name: "Microsoft.Dynamics.CRM.RetrieveUserPrivileges" });
const place = await api.callFunction({
  collection: "sharepointdocumentlocations", key: location,
  name: "Microsoft.Dynamics.CRM.RetrieveAbsoluteAndSiteCollectionUrl" });
console.log(JSON.stringify({
  before: before.IsDocumentManagementEnabled, after: after.IsDocumentManagementEnabled, name: after.LogicalName,
  privileges: RolePrivileges.length, place: { absolute: place.AbsoluteUrl, site: place.SiteCollectionUrl },
}));
