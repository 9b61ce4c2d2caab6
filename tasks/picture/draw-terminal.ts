/** Pixels. Ours: README shows pictures up to some 1000 pixels wide. */
const FONT_SIZE = 13;
const LINE_HEIGHT = 18;
const MARGIN = 16;
/** Pixels of a character, as wide as common monospaced fonts make them. */
const CHARACTER_WIDTH = 7.85;

/**
 * A text as a picture of a terminal: SVG with a background of its own, so that it reads the same on light and dark pages.
 *
 * @param title what the picture shows, for people who hear it
 */
export function drawTerminal(title: string, text: string): string {
  const lines = text.trimEnd().split('\n');
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER_WIDTH) + 2 * MARGIN;
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const rows = lines.map((line, index) => {
    const y = MARGIN + index * LINE_HEIGHT + FONT_SIZE;
    return `<text x="${MARGIN}" y="${y}" class="${classify(line)}" xml:space="preserve">${escapeText(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeText(title)}</title>
<style>
text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c9d1d9; }
.title { fill: #79c0ff; font-weight: bold; }
.result { fill: #7ee787; }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117" stroke="#8b949e"/>
${rows.join('\n')}
</svg>
`;
}

function classify(line: string): string {
  if (/^(\d+\. |\$ )/.test(line)) return 'title';
  return /^\s*Result: /.test(line) ? 'result' : 'line';
}

function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
