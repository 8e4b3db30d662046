// A reporter for node's test runner: one JSON line a single case, which tools/run_tests.py counts. Suites and tests that
// hold others are not counted themselves, unless they fail where nothing inside them did (a hook, say).
export default async function* cases(source) {
  let inner = -1; // nesting of the last case reported, to know who is a parent
  let innerFailed = false;
  for await (const { type, data } of source) {
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const passed = type === 'test:pass';
    const holdsOthers = inner > data.nesting || data.details?.type === 'suite';
    if (holdsOthers && (passed || innerFailed)) {
      inner = data.nesting;
      if (data.nesting === 0) innerFailed = false;
      continue;
    }
    inner = data.nesting;
    innerFailed = data.nesting > 0 && (innerFailed || !passed);
    // A test that the name pattern left out; a skip or todo written in a test counts as a failure: we skip nothing.
    if (data.skip === 'test name does not match pattern') continue;
    const skipped = data.skip !== undefined || data.todo !== undefined;
    const output = passed ? (skipped ? 'skipped' : '') : describe(data.details?.error);
    yield JSON.stringify({ case: { name: data.name, passed: passed && !skipped, output } }) + '\n';
  }
}

function describe(error) {
  const cause = error?.cause ?? error;
  return String(cause?.stack ?? cause?.message ?? cause);
}
