// Lines over time, by uPlot, in the page's own colours; the figures stand in a table beside it for whoever cannot see it.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Line {
    name: string;
    colour: '--accent' | '--ok' | '--warn' | '--bad' | '--muted';
    values: (number | null)[];
    fill?: boolean;
    dashed?: boolean;
}

const zone = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, { hourCycle: 'h23', ...options });
const toSeconds = zone({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const toMinutes = zone({ hour: '2-digit', minute: '2-digit' });
const toDays = zone({ day: 'numeric', month: 'short' });

/** Ticks in the viewer's zone, as fine as their distance. */
function ticks(_: uPlot, at: number[], __: number, ___: number, apart: number): string[] {
    const form = apart < 60 ? toSeconds : apart < 86_400 ? toMinutes : toDays;
    return at.map((second) => form.format(new Date(second * 1000)));
}

interface Props {
    label: string;
    times: number[]; // seconds since 1970
    lines: Line[];
    height?: number;
    format: (value: number) => string;
    max?: number;
}

export function Chart({ label, times, lines, height = 200, format, max }: Props) {
    const place = useRef<HTMLDivElement>(null);
    const plot = useRef<uPlot>();
    const shape = lines.map((line) => line.name + line.colour).join();

    useEffect(() => {
        const root = place.current!;
        const draw = () => {
            plot.current?.destroy();
            const style = getComputedStyle(root);
            // light-dark() is resolved by asking for a colour that uses it.
            const colourOf = (name: string) => {
                root.style.color = `var(${name})`;
                const found = getComputedStyle(root).color;
                root.style.color = '';
                return found;
            };
            const muted = colourOf('--muted');
            const grid = { stroke: colourOf('--line'), width: 1 };
            const font = `12px ${style.fontFamily}`;
            const axis: uPlot.Axis = { stroke: muted, grid, ticks: { show: false }, font };
            plot.current = new uPlot(
                {
                    width: root.clientWidth,
                    height,
                    legend: { show: lines.length > 1, live: false },
                    cursor: { y: false, points: { size: 7 } },
                    padding: [8, 8, 0, 0],
                    scales: { x: { time: true }, y: { range: (_, __, top) => [0, max ?? Math.max(1e-9, (top ?? 1) * 1.1)] } },
                    axes: [{ ...axis, grid: { show: false }, values: ticks, space: 70 }, { ...axis, size: 52, values: (_, ticks) => ticks.map(format) }],
                    series: [
                        {},
                        ...lines.map((line): uPlot.Series => {
                            const stroke = colourOf(line.colour);
                            return {
                                label: line.name,
                                stroke,
                                width: 2,
                                dash: line.dashed ? [5, 4] : undefined,
                                fill: line.fill ? stroke.replace(/^rgb\((.*)\)$/, 'rgb($1 / 12%)').replace(/, /g, ' ') : undefined,
                                points: { show: times.length < 40, size: 5, fill: stroke },
                                spanGaps: false,
                            };
                        }),
                    ],
                },
                [times, ...lines.map((line) => line.values)] as uPlot.AlignedData,
                root,
            );
        };
        draw();
        const resized = new ResizeObserver(() => plot.current?.setSize({ width: root.clientWidth, height }));
        resized.observe(root);
        const scheme = matchMedia('(prefers-color-scheme: dark)');
        scheme.addEventListener('change', draw);
        document.addEventListener('roger-theme', draw);
        return () => {
            resized.disconnect();
            scheme.removeEventListener('change', draw);
            document.removeEventListener('roger-theme', draw);
            plot.current?.destroy();
        };
    }, [shape, height]);

    useEffect(() => {
        plot.current?.setData([times, ...lines.map((line) => line.values)] as uPlot.AlignedData);
    }, [times, lines]);

    return <div class="chart" role="img" aria-label={label} ref={place} />;
}
