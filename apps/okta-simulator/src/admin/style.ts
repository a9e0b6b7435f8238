/** Style sheet, embedded in every page. */
export const STYLE = `
:root { color-scheme: light; --line: #d7dce3; --quiet: #5b6675; --link: #1c5bb8; --dark: #14202e; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: #1d2733; background: #f4f6f9; }
.banner { background: #ffe9a8; color: #4d3c00; padding: .35rem 1.5rem; font-size: .85rem; }
header { background: var(--dark); color: #fff; padding: .8rem 1.5rem; display: flex; gap: 2rem; align-items: baseline; flex-wrap: wrap; }
header strong { font-size: 1.05rem; } header nav { display: flex; gap: 1.25rem; flex-wrap: wrap; }
header a { color: #c9d6e6; text-decoration: none; } header a[aria-current] { color: #fff; border-bottom: 2px solid #6ea8fe; }
main { max-width: 64rem; margin: 1.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; } h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
a { color: var(--link); }
.tabs { display: flex; gap: 1.25rem; border-bottom: 1px solid var(--line); margin-bottom: 1.25rem; flex-wrap: wrap; }
.tabs a { padding: .4rem 0; text-decoration: none; color: var(--quiet); } .tabs a[aria-current] { color: #1d2733; border-bottom: 2px solid var(--link); }
section { background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: 1.25rem; margin-bottom: 1.25rem; }
label { display: block; margin-bottom: .8rem; font-weight: 600; } label.check { font-weight: 400; }
label small, .hint { display: block; font-weight: 400; color: var(--quiet); font-size: .85rem; }
input[type=text], input[type=password], input[type=number], select, textarea { width: 100%; max-width: 34rem; display: block; padding: .4rem .55rem; font: inherit; font-weight: 400; border: 1px solid #b4bdc9; border-radius: 4px; }
button { font: inherit; padding: .4rem .9rem; border: 1px solid #b4bdc9; border-radius: 4px; background: #fff; cursor: pointer; }
button.main { background: var(--link); border-color: var(--link); color: #fff; }
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid #6ea8fe; outline-offset: 1px; }
.row { display: flex; gap: .6rem; align-items: end; flex-wrap: wrap; } .row label { margin: 0; } td form, td .row { display: inline-flex; gap: .4rem; }
table { width: 100%; border-collapse: collapse; } th, td { text-align: left; padding: .45rem .6rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.row input[type=text], .row select { min-width: 16rem; }
th { color: var(--quiet); font-weight: 600; font-size: .85rem; } code { font-size: .88em; overflow-wrap: anywhere; }
.notice { border-radius: 6px; padding: .7rem 1rem; margin-bottom: 1.25rem; border: 1px solid; overflow-wrap: anywhere; }
.done { background: #e5f5ea; border-color: #8fcda3; } .failed { background: #fde8e8; border-color: #eaa3a3; }
.state { border-radius: 999px; padding: .05rem .6rem; font-size: .82rem; background: #e7ebf0; white-space: nowrap; }
.state.ACTIVE, .state.active, .state.done { background: #d8f0df; } .state.failed, .state.DEPROVISIONED { background: #fbd9d9; } .state.waiting, .state.SUSPENDED { background: #ffe9a8; }
`;
