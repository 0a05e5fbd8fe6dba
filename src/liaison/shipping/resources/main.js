// Liaison's Collaborate command in Dynamics 365: is it shown here, and which record or view does its pane open.
// Source: Microsoft Power Platform docs, Client API reference: sidePanes, getEntityMetadata, WebApi, Xrm.Utility.
"use strict";

var Liaison = window.Liaison || {};

(function (own) {
  const PANE = "liaison_collaborate";
  const PAGE = "liaison_/pane.html";
  const PICTURE = "WebResources/liaison_/icon.svg";
  const WORDS = "liaison_/strings";
  const WIDTH = 420;
  const PHONE = 3;
  const VIEW_KINDS = { savedquery: "1039", userquery: "4230" };
  const asked = new Map(); // answers that stay true until the page is loaded again

  /** Command of a record's form. */
  own.collaborateOnRecord = async function (form) {
    const entity = form.data.entity;
    await open({ table: entity.getEntityName(), id: bare(entity.getId()) });
  };

  /** Command of a view's grid. */
  own.collaborateOnView = async function (grid) {
    const view = grid.getViewSelector().getCurrentView();
    await open({ table: grid.getEntityName(), view: bare(view.id), kind: VIEW_KINDS[view.entityType] });
  };

  /** Is the command shown on this form? A record that is not saved yet cannot be linked. */
  own.isShownOnRecord = async function (form) {
    const entity = form.data.entity;
    return Boolean(bare(entity.getId())) && (await isOn(entity.getEntityName(), "basic"));
  };

  /** Is the command shown on this grid? Views take the enhanced experience. */
  own.isShownOnView = async function (grid) {
    const view = grid.getViewSelector().getCurrentView();
    return Boolean(view && VIEW_KINDS[view.entityType]) && (await isOn(grid.getEntityName(), "enhanced"));
  };

  async function isOn(table, experience) {
    if (Xrm.Utility.getGlobalContext().client.getFormFactor() === PHONE) return false;
    const [switches, isTableOn] = await Promise.all([once("switches", readSwitches), once(table, readTable)]);
    return switches[experience] && isTableOn;
  }

  /** A failure is not kept, so that the next look asks again; meanwhile the command is hidden. */
  function once(name, read) {
    if (!asked.has(name)) {
      asked.set(name, read(name).catch(() => {
        asked.delete(name);
        return false;
      }));
    }
    return asked.get(name);
  }

  async function readSwitches() {
    const query = "?$select=ismsteamsenabled,ismsteamscollaborationenabled&$top=1";
    const [row] = (await Xrm.WebApi.retrieveMultipleRecords("organization", query)).entities;
    const basic = row.ismsteamsenabled !== false; // missing counts as on, as for Microsoft's own button
    return { basic, enhanced: basic && row.ismsteamscollaborationenabled === true };
  }

  /** The client's own metadata where it has the flag, which is not documented; else the environment's. */
  async function readTable(table) {
    const known = (await Xrm.Utility.getEntityMetadata(table, [])).IsMSTeamsIntegrationEnabled;
    if (typeof known === "boolean") return known;
    const name = encodeURIComponent(table);
    const address = `/api/data/v9.2/EntityDefinitions(LogicalName='${name}')?$select=IsMSTeamsIntegrationEnabled`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`metadata of ${table}: ${answer.status}`);
    return (await answer.json()).IsMSTeamsIntegrationEnabled === true;
  }

  async function open(about) {
    const data = new URLSearchParams({ ...about, environment: Xrm.Utility.getGlobalContext().getClientUrl() });
    const target = { pageType: "webresource", webresourceName: PAGE, data: data.toString() };
    const panes = Xrm.App.sidePanes;
    let pane = panes.getPane(PANE);
    if (pane) {
      pane.select();
    } else {
      const title = Xrm.Utility.getResourceString(WORDS, "pane.title") || "Liaison";
      pane = await panes.createPane({ title, imageSrc: PICTURE, paneId: PANE, canClose: true, width: WIDTH });
    }
    await pane.navigate(target);
  }

  /** Ids come with braces and in capitals. */
  function bare(id) {
    return (id || "").replace(/[{}]/g, "").toLowerCase();
  }
})(Liaison);

window.Liaison = Liaison;
