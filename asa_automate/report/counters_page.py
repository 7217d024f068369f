"""The template of the impact report: no script, nothing from elsewhere, a policy that says so."""

STYLE = """
body {
  font: 15px/1.45 system-ui, sans-serif;
  color: #1b1f24;
  max-width: 60rem;
  margin: 2rem auto;
  padding: 0 1rem;
}
h1 {
  font-size: 1.5rem;
}
h2 {
  font-size: 1.2rem;
  border-bottom: 1px solid #c8ced6;
  padding-bottom: .2rem;
  margin-top: 2.2rem;
}
h3 {
  font-size: 1rem;
  margin: 1.4rem 0 .1rem;
  overflow-wrap: anywhere;
}
p {
  margin: .2rem 0;
}
.small {
  color: #57606a;
  font-size: .87rem;
  overflow-wrap: anywhere;
}
table {
  border-collapse: collapse;
  width: 100%;
}
td, th {
  text-align: left;
  padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid #e3e7ec;
  vertical-align: top;
  overflow-wrap: anywhere;
}
th {
  white-space: nowrap;
}
.number {
  text-align: right;
  white-space: nowrap;
}
svg {
  width: 100%;
  height: auto;
  background: #f6f8fa;
  margin: .3rem 0;
  display: block;
}
.axis {
  display: flex;
  justify-content: space-between;
  color: #57606a;
  font-size: .8rem;
}
.line {
  fill: none;
  stroke: #0a58ca;
  stroke-width: 1.6;
  stroke-linecap: round;
  vector-effect: non-scaling-stroke;
}
.mark {
  stroke: #b02a37;
  stroke-width: 1.5;
  stroke-dasharray: 4 3;
}
.change {
  font-weight: 600;
}
@media print {
  body {
    margin: 0;
    max-width: none;
    font-size: 11px;
  }
  section {
    break-inside: avoid;
  }
  h2 {
    break-after: avoid;
  }
  svg {
    background: none;
    border: 1px solid #c8ced6;
  }
}
"""

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src '{{ style_hash }}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ESMTP inspection: impact on mail</title>
<style>{{ style }}</style>
</head>
<body>
<h1>ESMTP inspection: impact on mail</h1>
<p class="small">{{ since }} to {{ until }}, by whole hours. Made {{ now }}. A break in a line is
a time of which nothing is known: no sample, a reload, counters cleared, another unit. A red line
is a change made with asa-automate.</p>
<h2>Top droppers</h2>
{% if top %}
<table>
<tr><th>firewall</th><th>counter</th><th class="number">added</th>
<th>what it means for mail</th></tr>
{% for row in top %}
<tr><td>{{ row.device }}</td><td>{{ row.name }}</td>
<td class="number">{{ row.added }}</td><td>{{ row.means }}</td></tr>
{% endfor %}
</table>
{% else %}
<p>Nothing was dropped or masked in this time, as far as is known.</p>
{% endif %}
{% for device in devices %}
<h2>{{ device.name }}</h2>
{% for mark in device.marks %}
<p class="small">{{ mark.at }}: {{ mark.text }}</p>
{% endfor %}
{% if device.gaps %}
<p class="small">samples that did not come: {{ device.gaps | join(", ") }}</p>
{% endif %}
{% for chart in device.charts %}
<section>
<h3>{{ chart.name }}</h3>
<p>{{ chart.means }}</p>
<div class="axis"><span>{{ chart.most }} an hour</span></div>
<svg viewBox="0 -6 {{ width }} {{ height + 12 }}" role="img"
  aria-label="{{ chart.name }} on {{ device.name }}, added per hour, {{ chart.most }} at most">
{% for mark in device.marks %}
<line class="mark" x1="{{ mark.x }}" x2="{{ mark.x }}" y1="-6" y2="{{ height + 6 }}">
<title>{{ mark.at }}: {{ mark.text }}</title></line>
{% endfor %}
<path class="line" d="{{ chart.path }}"></path>
</svg>
<div class="axis">{% for tick in ticks %}<span>{{ tick }}</span>{% endfor %}</div>
<p class="small">{{ chart.added }} in all, {{ chart.most }} in the highest hour
{%- if chart.breaks %}, {{ chart.breaks }} breaks{% endif %}; {{ chart.place }}</p>
{% if chart.change %}<p class="change">{{ chart.change }}</p>{% endif %}
</section>
{% endfor %}
{% if device.quiet %}
<p class="small">Nothing was added to: {{ device.quiet | join(", ") }}.</p>
{% endif %}
{% endfor %}
</body>
</html>
"""
