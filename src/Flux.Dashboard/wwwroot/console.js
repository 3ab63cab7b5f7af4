// Starts the console, and does for it what only a browser can.
(() => {
  'use strict';

  // The addresses of the console have one level, and there is no base element: a slash behind the question mark would be taken for another level.
  if (location.search.includes('/')) {
    history.replaceState(null, '', location.pathname + location.search.replaceAll('/', '%2F') + location.hash);
  }

  const token = 'flux.token';
  const theme = 'flux.theme';
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');

  window.fluxConsole = {
    keepToken: value => value ? sessionStorage.setItem(token, value) : sessionStorage.removeItem(token),
    keepTheme: value => localStorage.setItem(theme, value),
    setTitle: value => { document.title = value; },
    // A file that the server sends under an address of its own, and that may be larger than a page can hold.
    open: target => {
      const link = document.createElement('a');
      link.href = target;
      link.download = '';
      link.click();
    },
    // Fetches a table to its last page and hands it to the person as one file. A link could not show the token.
    download: async (target, name) => {
      const shown = sessionStorage.getItem(token);
      const parts = [];
      for (let next = target; next;) {
        const answer = await fetch(next, shown ? { headers: { Authorization: `Bearer ${shown}` } } : {});
        if (!answer.ok) {
          throw new Error((await answer.json()).error);
        }
        const text = await answer.text();
        parts.push(parts.length > 0 ? text.slice(text.indexOf('\n') + 1) : text); // each page has the line of headings
        next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('Link') ?? '')?.[1];
      }
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(parts, { type: 'text/csv' }));
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    },
    copy: value => {
      // Works where the page came over plain HTTP from another machine, too; the newer way does not.
      const area = document.createElement('textarea');
      area.value = value;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    },
  };

  const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
  const offline = document.getElementById('offline');

  // A circuit lives in one server. Where it cannot be had again the page begins anew: what it shows is in its address.
  const comeBack = async () => {
    offline.hidden = false;
    for (let wait = 200; ; wait = Math.min(2 * wait, 3000)) {
      await pause(wait);
      try {
        if (await Blazor.reconnect()) {
          document.getElementById('blazor-error-ui').style.display = 'none'; // attempts that failed count as errors
          offline.hidden = true;
          return;
        }
      } catch {
        continue; // nobody answers yet
      }
      location.reload();
      return;
    }
  };

  const start = async () => {
    await Blazor.start({
      configureSignalR: connection => connection.withUrl('/_blazor', { skipNegotiation: true, transport: 1 /* WebSockets */ }),
      reconnectionHandler: { onConnectionDown: comeBack, onConnectionUp: () => { offline.hidden = true; } },
    });
    await Blazor.rootComponents.add(document.getElementById('console'), 'console', {
      token: sessionStorage.getItem(token),
      isNarrow: matchMedia('(max-width: 959.98px)').matches,
      isDark: (localStorage.getItem(theme) ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark',
    });
  };

  start().catch(() => {
    document.querySelector('#console p').textContent = 'The console cannot open its WebSocket, /_blazor. Load the page again, or see whether a proxy lets it through.';
  });
})();
