import { EventEmitter } from 'node:events';
import { openOutput } from '../../../tasks/shared/open-output';

class Stream extends EventEmitter {
  readonly written: string[] = [];
  write(text: string): void {
    this.written.push(text);
  }
}

function open() {
  const stream = new Stream();
  const lost: string[] = [];
  const output = openOutput(stream as unknown as NodeJS.WriteStream, ({ message }) => void lost.push(message));
  return { stream, lost, output };
}

test.each([
  ['a closed pipe', 'EPIPE'],
  ['a closed terminal', 'EIO']
])('%s loses nothing that somebody expects, and nothing more is written', async (_name, code) => {
  const { stream, lost, output } = open();
  output.write('a');
  expect(output.isClosed).toBe(false);
  stream.emit('error', Object.assign(new Error('no'), { code }));
  stream.emit('error', Object.assign(new Error('no'), { code }));

  await output.closed;
  output.write('b');

  expect({ isClosed: output.isClosed, lost, written: stream.written }).toEqual({
    isClosed: true,
    lost: [],
    written: ['a']
  });
});

test('a full disk loses output, which is told once', () => {
  const { stream, lost } = open();
  stream.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  stream.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }));

  expect(lost).toEqual(['no space']);
});
