// The window that a tab opened for consent has done its work; the tab learns of it from our server.

setTimeout(() => window.close(), 1500);
