"""Of script/overload: what openload measured, as a table with the bounds, and as a plot.

overload_report.py CAPACITY SLOW.json CAPACITY FAST.json [PLOT.svg]; exits 1 when a bound is not met.
"""

import json
import sys

RSS_MIB_MAX = 512
REFUSED_MS_MAX = 50
RECOVERY_S_MAX = 2
GOODPUT_MIN = 0.9
CHECK_SLOWER_MAX = 3  # p99 under overload over p99 before
ACCEPTED_MS_MAX = 1000  # a start that has waited for longer is refused

met_all = True


def row(what, value, bound="", met=None):
    global met_all
    met_all = met_all and met is not False
    print(f"| {what} | {value} | {bound} | {'' if met is None else 'yes' if met else '**no**'} |")


def ms(latency, quantile="p99"):
    return latency[quantile] / 1000 if latency else 0.0


def phase_of(run, name):
    return next(phase for phase in run["phases"] if phase["name"] == name)


def recovery(run):
    """Seconds from the end of the overload to the first half second as good as before it: no refusal, and the slowest
    acceptance of it within a quarter of the slowest then, for the slowest of a few thousand varies by that."""
    before, overload, after = run["phases"]
    slowest = 1.25 * ms(before["accepted_us"], "max")
    end = before["seconds"] + overload["seconds"]
    good = 0
    for index, one in enumerate(run["bins"]):
        begin = index * run["bin_seconds"]
        if begin < end:
            continue
        good = 0 if one["refused"] or not one["accepted"] or ms(one["accepted_us"]) > slowest else good + 1
        if good * run["bin_seconds"] >= 0.5:
            return begin + run["bin_seconds"] - 0.5 - end
    return after["seconds"]


def table(slow_capacity, slow, fast_capacity, fast):
    before, overload, _ = slow["phases"]
    print("| measured | value | bound | met |\n|---|---:|---:|---|")
    row("slow disk: capacity", f"{slow_capacity}/s")
    row("offered, of it", f"{overload['offered'] / overload['seconds']:.0f}/s = {overload['offered'] / overload['seconds'] / slow_capacity:.1f} ×", "≥ 9.9 ×", overload["offered"] / overload["seconds"] >= 9.9 * slow_capacity)
    goodput = overload["accepted"] / overload["seconds"] / slow_capacity
    row("accepted, of it (goodput)", f"{goodput * slow_capacity:.0f}/s = {goodput:.2f}", f"≥ {GOODPUT_MIN}", goodput >= GOODPUT_MIN)
    row("refused with status 1", overload["refused"])
    row("any other answer, or none", sum(overload["unexpected"].values()) + slow["unanswered"], "0", not overload["unexpected"] and not slow["unanswered"])
    refused = ms(overload["refused_us"])
    row("a refusal takes (p50, p99)", f"{ms(overload['refused_us'], 'p50'):.1f} ms, {refused:.1f} ms", f"p99 ≤ {REFUSED_MS_MAX} ms", refused <= REFUSED_MS_MAX)

    def taken(key):
        return f"{ms(overload[key], 'p50'):.0f} ms, {ms(overload[key]):.0f} ms; before {ms(before[key], 'p50'):.0f} ms, {ms(before[key]):.0f} ms"

    slower = ms(overload["checks_us"]) / ms(before["checks_us"])
    row("a check takes (p50, p99)", taken("checks_us"), f"p99 ≤ {CHECK_SLOWER_MAX} × before", slower <= CHECK_SLOWER_MAX)
    row("an accepted start takes (p50, p99)", taken("accepted_us"), f"p99 ≤ {ACCEPTED_MS_MAX} ms", ms(overload["accepted_us"]) <= ACCEPTED_MS_MAX)
    row("checks that were not right, of", f"{overload['checks_other']} of {overload['checked']}", "0", overload["checks_other"] == 0)
    rss = max(phase["rss_kib"] for phase in slow["phases"]) / 1024
    row("memory (RSS)", f"{rss:.0f} MiB, {slow['accepted']} requests more", f"≤ {RSS_MIB_MAX} MiB", rss <= RSS_MIB_MAX)
    seconds = recovery(slow)
    row("recovery", f"{seconds:.1f} s", f"≤ {RECOVERY_S_MAX} s", seconds <= RECOVERY_S_MAX)
    row("accepted requests found afterwards", f"{slow['found']} of {slow['accepted']}", "all", slow["found"] == slow["accepted"])
    row("cores that the server took", f"{overload['server_cores']:.2f}")

    twice = phase_of(fast, "overload")
    row("disk as it is: capacity", f"{fast_capacity}/s")
    row("offered", f"{twice['offered'] / twice['seconds']:.0f}/s = {twice['offered'] / twice['seconds'] / fast_capacity:.1f} ×")
    row("accepted", f"{twice['accepted'] / twice['seconds']:.0f}/s = {twice['accepted'] / twice['seconds'] / fast_capacity:.2f}")
    row("an accepted start, a refusal, a check take (p99)", f"{ms(twice['accepted_us']):.0f} ms, {ms(twice['refused_us']):.0f} ms, {ms(twice['checks_us']):.0f} ms")
    row("any other answer, or none", sum(twice["unexpected"].values()) + fast["unanswered"], "0", not twice["unexpected"] and not fast["unanswered"])
    rss = twice["rss_kib"] / 1024
    row("memory (RSS)", f"{rss:.0f} MiB", f"≤ {RSS_MIB_MAX} MiB", rss <= RSS_MIB_MAX)
    row("accepted requests found afterwards", f"{fast['found']} of {fast['accepted']}", "all", fast["found"] == fast["accepted"])


WIDTH, LEFT, RIGHT, HEIGHT, GAP, TOP = 860, 70, 150, 170, 46, 56
INK, PALE = "#333", "#ddd"


class Panel:
    """One chart above the other; its lines share the time axis."""

    def __init__(self, number, title, span, top, bottom, ticks, scale):
        self.y0 = TOP + number * (HEIGHT + GAP)
        self.span, self.scale = span, scale
        self.low, self.high = scale(bottom), scale(top)
        self.out = [f'<text x="{LEFT}" y="{self.y0 - 8}" font-weight="bold">{title}</text>']
        for value, label in ticks:
            y = self.y(value)
            self.out.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{PALE}"/>')
            self.out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
        self.labels = []

    def x(self, second):
        return LEFT + second / self.span * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        part = (self.scale(value) - self.low) / (self.high - self.low)
        return self.y0 + HEIGHT * (1 - min(max(part, 0), 1))

    def line(self, label, color, points, dashed=False):
        """points: (second, value or None); a gap where there is none."""
        path, pen = "", "M"
        for second, value in points:
            if value is None:
                pen = "M"
                continue
            path += f"{pen}{self.x(second):.1f} {self.y(value):.1f}"
            pen = "L"
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self.out.append(f'<path d="{path}" fill="none" stroke="{color}" stroke-width="1.5"{dash}/>')
        last = next((value for _, value in reversed(points) if value is not None), None)
        self.labels.append((label, color, dashed, last))

    def text(self):
        for place, (label, color, dashed, _) in enumerate(self.labels):
            y = self.y0 + 12 + place * 20
            x = WIDTH - RIGHT + 14
            dash = ' stroke-dasharray="4 3"' if dashed else ""
            self.out.append(f'<path d="M{x} {y - 4}h22" stroke="{color}" stroke-width="2"{dash}/>')
            self.out.append(f'<text x="{x + 28}" y="{y}">{label}</text>')
        return "\n".join(self.out)


def plot(run, capacity):
    import math

    width = run["bin_seconds"]
    span = sum(phase["seconds"] for phase in run["phases"])
    bins = [one for index, one in enumerate(run["bins"]) if (index + 1) * width <= span + width / 2]
    series = lambda value: [((index + 0.5) * width, value(one)) for index, one in enumerate(bins)]
    rate = lambda name: series(lambda one: one[name] / width)
    wait = lambda name, quantile: series(lambda one: ms(one[name], quantile) if one[name] else None)
    most = max(one["offered"] for one in bins) / width * 1.08
    step = 10 ** math.floor(math.log10(most / 2))
    step *= next(times for times in (1, 2, 5, 10) if most / (step * times) <= 5)
    memory = max(one["rss_kib"] for one in bins) / 1024 * 1.25

    rates = Panel(0, "requests per second (bins of 100 ms)", span, most, 0, [(n * step, f"{n * step:,.0f}") for n in range(int(most / step) + 1)], lambda v: v)
    rates.line("offered", "#888888", rate("offered"))
    rates.line("refused, status 1", "#d95f02", rate("refused"))
    rates.line("accepted", "#1b7837", rate("accepted"))
    rates.line("capacity", "#1b7837", [(0, capacity), (span, capacity)], dashed=True)
    waits = Panel(1, "latency from the due time, ms", span, 2000, 0.1, [(v, f"{v:g}") for v in (0.1, 1, 10, 100, 1000)], lambda v: math.log10(max(v, 0.1)))
    waits.line("accepted, p99", "#1b7837", wait("accepted_us", "p99"))
    waits.line("accepted, p50", "#1b7837", wait("accepted_us", "p50"), dashed=True)
    waits.line("check, p99", "#2166ac", wait("checks_us", "p99"))
    waits.line("check, p50", "#2166ac", wait("checks_us", "p50"), dashed=True)
    waits.line("refused, p99", "#d95f02", wait("refused_us", "p99"))
    waits.line("refused, p50", "#d95f02", wait("refused_us", "p50"), dashed=True)
    sizes = Panel(2, "memory (RSS), MiB", span, memory, 0, [(n, f"{n}") for n in range(0, int(memory) + 1, max(10, int(memory / 4) // 10 * 10))], lambda v: v)
    sizes.line("RSS", "#762a83", series(lambda one: one["rss_kib"] / 1024))

    panels = (rates, waits, sizes)
    bottom = sizes.y0 + HEIGHT
    before, overload, _ = run["phases"]
    begin, end = rates.x(before["seconds"]), rates.x(before["seconds"] + overload["seconds"])
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 44}" font-family="sans-serif" font-size="12" fill="{INK}">'
    parts = [head, '<rect width="100%" height="100%" fill="#fff"/>']
    parts += [f'<rect x="{begin:.1f}" y="{panel.y0}" width="{end - begin:.1f}" height="{HEIGHT}" fill="#fff3e0"/>' for panel in panels]
    parts.append(f'<text x="{LEFT}" y="24" font-size="15">Ten times the capacity of {capacity} starts per second, for {overload["seconds"]} s</text>')
    parts += [panel.text() for panel in panels]
    for second in range(0, int(span) + 1, 2):
        parts.append(f'<text x="{sizes.x(second):.1f}" y="{bottom + 18}" text-anchor="middle">{second}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{bottom + 36}" text-anchor="middle">seconds</text></svg>\n')
    return "\n".join(parts)


slow_capacity, fast_capacity = int(sys.argv[1]), int(sys.argv[3])
slow_run, fast_run = json.load(open(sys.argv[2])), json.load(open(sys.argv[4]))
table(slow_capacity, slow_run, fast_capacity, fast_run)
if len(sys.argv) > 5 and sys.argv[5]:
    with open(sys.argv[5], "w") as file:
        file.write(plot(slow_run, slow_capacity))
sys.exit(0 if met_all else 1)
