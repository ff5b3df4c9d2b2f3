// Asks where the visitor stands, and loads the page anew when that has changed: then it is their app, or another message.
const told = document.documentElement.dataset.reason;
const ask = async () => {
  try {
    const me = await (await fetch("/.usher/me")).json();
    if (me.reason !== told) return location.reload();
  } catch {
    // Offline for a moment; asked again.
  }
  setTimeout(ask, 2000);
};
setTimeout(ask, 2000);
