// A made-up town: junctions, streets, a river, a park. The vehicles drive on it (../vehicles.mjs), the page draws it.
export const width = 1000;
export const height = 640;

const across = ['Selvage Road', 'Warp Street', 'Bobbin Row', 'Quayside', 'Shuttle Street', 'Twill Lane', 'Indigo Road'];
const down = [
  'Mill Lane', 'Reed Street', 'Treadle Way', 'Damask Row', 'Loom Avenue', 'Weft Street', 'Spindle Way', 'Satin Street', 'Carder Lane',
];
const bridges = [1, 4, 7]; // streets that cross the river
const park = { column: 5, row: 1, columns: 2, rows: 1 }; // in blocks: no street within

// A small number that looks random but is the same everywhere.
export const noise = (a, b = 0) => {
  const wave = Math.sin(a * 127.1 + b * 311.7) * 43758.5453;
  return wave - Math.floor(wave);
};

export const junctionAt = (column, row) => row * down.length + column;
export const junctions = across.flatMap((_, row) => down.map((__, column) => {
  const edge = (at, last) => (at === 0 || at === last ? 0.35 : 1);
  const shift = 26 * edge(column, down.length - 1);
  return {
    x: 48 + column * 113 + shift * (noise(column, row + 7) - 0.5),
    y: 44 + row * 92 + 22 * edge(row, across.length - 1) * (noise(column + 31, row) - 0.5),
  };
}));

export const riverY = (x) => {
  const [above, below] = [junctions[junctionAt(0, 3)].y, junctions[junctionAt(0, 4)].y];
  return (above + below) / 2 + 5 * Math.sin(x / 150);
};

// Streets between neighbouring junctions: { from, to, name, length, bridge }.
export const streets = [];
function street(from, to, name, bridge = false) {
  const length = Math.hypot(junctions[to].x - junctions[from].x, junctions[to].y - junctions[from].y);
  streets.push({ from, to, name, length, bridge });
}
const inPark = (column, row) => column > park.column && column < park.column + park.columns && row === park.row;
for (let row = 0; row < across.length; ++row) {
  for (let column = 0; column < down.length; ++column) {
    const here = junctionAt(column, row);
    if (column + 1 < down.length) street(here, junctionAt(column + 1, row), across[row]);
    if (row + 1 === across.length || inPark(column, row)) continue;
    if (row !== 3 || bridges.includes(column)) street(here, junctionAt(column, row + 1), down[column], row === 3);
  }
}

// The streets that leave a junction: { street, to }.
export const leaving = junctions.map(() => []);
for (const one of streets) {
  leaving[one.from].push({ street: one, to: one.to });
  leaving[one.to].push({ street: one, to: one.from });
}

const corner = (column, row) => junctions[junctionAt(column, row)];
const around = (column, row, columns = 1) => [
  corner(column, row), corner(column + columns, row), corner(column + columns, row + 1), corner(column, row + 1),
];

export const parkOutline = around(park.column, park.row, park.columns);

// The blocks that houses stand on, as four corners each.
export const blocks = [];
for (let row = 0; row + 1 < across.length; ++row) {
  for (let column = 0; column + 1 < down.length; ++column) {
    const green = row === park.row && column >= park.column && column < park.column + park.columns;
    if (row !== 3 && !green) blocks.push({ outline: around(column, row), seed: row * 17 + column });
  }
}
