// Shows the API with Scalar. Everything comes from this server: no fonts, no proxy and no services of others.
(() => {
  'use strict';

  const token = sessionStorage.getItem('flux.token') ?? '';
  const isDark = (localStorage.getItem('flux.theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

  Scalar.createApiReference('#reference', {
    url: '/openapi.json',
    theme: 'default',
    withDefaultFonts: false,
    forceDarkModeState: isDark ? 'dark' : 'light',
    hideDarkModeToggle: true,
    hideClientButton: true,
    showDeveloperTools: 'never',
    telemetry: false,
    persistAuth: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    authentication: { preferredSecurityScheme: 'namespaceToken', securitySchemes: { namespaceToken: { token } } },
  });
})();
