"""The look of the plan's page, on a screen and on paper: black on white, no colour alone tells."""

STYLE = """
:root { color-scheme: light; --line: #c8ccd2; --soft: #f4f6f8; --dim: #59616b; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 62rem; color: #16191d; background: #fff;
  font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 3px solid #16191d; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
h4 { font-size: .95rem; margin: .9rem 0 .2rem; }
p, ul, dl { margin: .3rem 0 .6rem; }
ul { padding-left: 1.3rem; }
a { color: #0b4f9e; }
code, pre, .line { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: .86em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th { white-space: nowrap; text-align: left; font-weight: 600; color: var(--dim);
  font-size: .86em; }
th, td { padding: .22rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: break-word; }
td.number { color: var(--dim); text-align: right; width: 2.5rem; }
td.mark { width: 5rem; white-space: nowrap; font-size: .8em; font-weight: 700; }
td.line { width: 58%; overflow-wrap: anywhere; }
tr.commit td { background: #fff3d6; font-weight: 600; }
pre { margin: .3rem 0; padding: .6rem .8rem; background: var(--soft);
  border: 1px solid var(--line); white-space: pre-wrap; }
pre span { display: block; min-height: 1.45em; }
.plus { background: #dff3e2; } .minus { background: #fbe1e1; }
.dim { color: var(--dim); } .badge { font-size: .75em; font-weight: 700; padding: .1em .55em;
  border: 1.5px solid currentColor; border-radius: 1em; vertical-align: middle; }
.change { color: #0b4f9e; } .noop { color: #1d6b34; }
.refused, .unreachable, .fails { color: #a3161a; }
.ladders { width: 100%; max-width: 760px; height: auto; display: block; margin: .3rem 0; }
.ladders text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.ladders .when { font-weight: 700; font-size: 14px; }
.ladders .line0 { font-weight: 700; } .ladders .some { font-size: 9px; }
.box { fill: #fff; stroke: #59616b; } .box.inspects { fill: #eef3fa; stroke-width: 1.6; }
.box.end { stroke-dasharray: 5 4; fill: #fafafa; }
.rail { fill: none; stroke-width: 2.4; } .rail.others { stroke-dasharray: 6 4; }
.rail.gateways { stroke: #0b4f9e; } .rail.others { stroke: #7a4a00; }
.gateways.tip, .gateways.dot { fill: #0b4f9e; } .others.tip, .others.dot { fill: #7a4a00; }
.key { width: 34px; height: 10px; vertical-align: middle; }
@media print {
  @page { margin: 14mm; }
  body { padding: 0; max-width: none; font-size: 10.5pt; }
  a { color: inherit; text-decoration: none; }
  h2 { break-before: page; border-top: 0; margin-top: 0; padding-top: 0; }
  h3, h4 { break-after: avoid; }
  tr, .ladders, li, dt, dd { break-inside: avoid; }
  thead { display: table-header-group; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
