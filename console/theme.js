// Before the first paint: dark or light, by the system's setting unless the switch said otherwise (kept in this browser).
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => { try { return localStorage.getItem('heddle.theme'); } catch { return null; } };
  const apply = () => { document.documentElement.dataset.theme = chosen() ?? (dark.matches ? 'dark' : 'light'); };
  dark.addEventListener('change', apply);
  addEventListener('storage', apply); // another window's switch
  window.switchTheme = () => {
    const other = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    const system = dark.matches ? 'dark' : 'light';
    try { other === system ? localStorage.removeItem('heddle.theme') : localStorage.setItem('heddle.theme',
      other); } catch { /* this page only */ }
    document.documentElement.dataset.theme = other;
    return other;
  };
  apply();
})();
