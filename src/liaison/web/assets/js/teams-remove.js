// Removing the tab needs nothing of us: the record stays connected until it is disconnected in the CRM.

const teams = window.microsoftTeams;
const hosts = document.querySelector('meta[name="liaison-hosts"]').content.split(" ").filter(Boolean);

if (window.parent !== window) {
  await (hosts.length ? teams.app.initialize(hosts) : teams.app.initialize());
  teams.pages.config.registerOnRemoveHandler((event) => event.notifySuccess());
  teams.pages.config.setValidityState(true);
}
