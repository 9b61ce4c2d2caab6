import { UserIndex } from '../../../cloudcode/lock_users/src/users/UserIndex';

function rng(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 4294967296;
  };
}
const hex = '0123456789abcdef';
function uuid(r: () => number, few: boolean): string {
  let t = '';
  for (let i = 0; i < 36; i++) {
    if (i === 8 || i === 13 || i === 18 || i === 23) t += '-';
    else if (few) t += i > 33 ? hex[Math.floor(r() * 16)] : i % 7 === 0 ? hex[Math.floor(r() * 2) * 15] : '0';
    else t += hex[Math.floor(r() * 16)];
  }
  return t;
}
const odd = ['', 'x', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
function mutate(r: () => number, id: string): string {
  const at = Math.floor(r() * 37);
  const chars = ['A', 'F', 'g', '-', '/', ':', '`', '@', '\u00e9', '\uffff', '\u0130', '\u0161', ' ', '\u0000', 'f', '8', '\u0080', '\u007f', '\u0430'];
  const c = chars[Math.floor(r() * chars.length)] ?? 'A';
  const k = r();
  if (k < 0.7) return id.slice(0, at) + c + id.slice(at + 1);
  if (k < 0.8) return id.toUpperCase();
  if (k < 0.9) return id.slice(0, 35);
  return `${id}0`;
}
test('fuzz', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const r = rng(seed);
    const index = new UserIndex();
    const numbers = new Map<string, number>();
    const ids: string[] = [];
    let walk = 0;
    const otherHeavy = seed % 3 === 0;
    for (let step = 0; step < 20000; step++) {
      const k = r();
      let id: string;
      if (k < 0.3 && ids.length > 0) id = ids[(walk = (walk + 1) % ids.length)]!;
      else if (k < 0.35 && ids.length > 0) id = ids[(walk = Math.floor(r() * ids.length))]!;
      else if (k < 0.4) id = odd[Math.floor(r() * odd.length)]!;
      else if (k < (otherHeavy ? 0.7 : 0.45)) id = ids.length > 0 ? mutate(r, ids[Math.floor(r() * ids.length)]!) : 'q';
      else id = uuid(r, seed % 2 === 0);
      if (r() < 0.4) {
        if (index.find(id) !== numbers.get(id)) throw new Error(`find ${id} seed ${seed}`);
      } else {
        const got = index.add(id);
        const want = numbers.get(id) ?? ids.length;
        if (!numbers.has(id)) {
          numbers.set(id, want);
          ids.push(id);
        }
        if (got !== want) throw new Error(`add ${id} seed ${seed}`);
      }
      if (r() < 0.05 && ids.length > 0) {
        const n = Math.floor(r() * ids.length);
        if (index.idOf(n) !== ids[n]) throw new Error(`idOf ${n}`);
      }
      if (index.size !== ids.length) throw new Error('size');
    }
    ids.forEach((id, n) => {
      if (index.idOf(n) !== id || index.find(id) !== n) throw new Error(`end ${id}`);
    });
  }
});
