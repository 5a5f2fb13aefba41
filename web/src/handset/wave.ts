// What a WAV file of 16-bit samples looks like: its loudest moment in each of so many slices, 0 to 1.
export function peaksOf(bytes: ArrayBuffer, slices: number): number[] {
    const view = new DataView(bytes);
    const word = (at: number) => String.fromCharCode(...new Uint8Array(bytes, at, 4));
    let at = 12;
    while (at + 8 <= view.byteLength && word(at) !== 'data') at += 8 + view.getUint32(at + 4, true);
    const from = at + 8;
    const samples = Math.max(0, Math.floor((view.byteLength - from) / 2));
    const peaks = new Array<number>(slices).fill(0);
    for (let i = 0; i < samples; ++i) {
        const slice = Math.min(slices - 1, Math.floor((i * slices) / samples));
        peaks[slice] = Math.max(peaks[slice]!, Math.abs(view.getInt16(from + 2 * i, true)) / 32768);
    }
    const top = Math.max(0.01, ...peaks);
    return peaks.map((peak) => peak / top);
}
