/**
 * Fails where a text that was printed, logged, reported or written holds a secret, also as JSON or in a URL has it. Every fixture that
 * knows a token calls it when it ends.
 *
 * @param texts lines, or values that are looked at as JSON
 */
export function expectNoSecret(secrets: readonly string[], texts: readonly unknown[]): void {
  const found = texts.map((text) => (typeof text === 'string' ? text : (JSON.stringify(text) ?? '')));
  for (const secret of secrets) {
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
    const telling = found.filter((text) => forms.some((form) => text.includes(form)));
    expect(telling.map((text) => text.slice(0, 500))).toEqual([]);
  }
}

/** Closes what a fixture has started, and looks at all that it was told. */
export async function closeWithoutSecret(
  started: { close(): Promise<void> },
  secrets: readonly string[],
  told: readonly unknown[]
): Promise<void> {
  await started.close();
  expectNoSecret(secrets, told);
}
