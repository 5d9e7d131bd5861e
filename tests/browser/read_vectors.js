// Reads the shared vectors with the scripts of intake: what each case expects, and what the browser makes of it.
async ({ grammar, codes, dates, recalls }) => {
  const [{ useGrammar }, { readInStore, readScan }, { readDate }, { judgeDate, urgency }, { levelOf }] = await Promise.all(
    ["elements", "codes", "shorthand", "dating", "recalls"].map((name) => import(`/static/js/reading/${name}.js`)),
  );
  useGrammar(grammar);
  const sorted = (value) =>
    value && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).sort().map(([name, inner]) => [name, sorted(inner)]))
      : value;
  const answer = (about, { expect, refused }, work) => {
    let got;
    try {
      got = { expect: sorted(work()) };
    } catch (refusal) {
      got = { refused: refusal.code ?? String(refusal) };
    }
    const expected = refused ? { refused } : { expect: sorted(expect) };
    return { about, got: JSON.stringify(got), expected: JSON.stringify(expected) };
  };
  const day = (one) => one.today ?? dates.today;
  return [
    ...codes.scans.map((one) =>
      answer(one.name, one, () => {
        const { raw, ...scan } = readScan(one.scan, codes.today);
        return scan;
      }),
    ),
    ...codes.in_store.map((one) =>
      answer(one.scan, one, () => readInStore(readScan(one.scan, codes.today), one.payload, one.digits)),
    ),
    ...dates.read.map((one) => answer(one.typed, one, () => readDate(one.typed, day(one), one.kind, one.ahead))),
    ...dates.judge.map((one) =>
      answer(one.date, one, () =>
        judgeDate(one.date, one.kind, day(one), one.at, { hours: one.min_use_by_hours, grace: one.grace_days }),
      ),
    ),
    ...recalls.levels.map(({ named, ...one }) => answer(one.name, one, () => levelOf([{ ...one, lots: named, named: one.lots }], one.lot, one.date))),
    ...dates.urgency.map((one) => answer(one.last_day, one, () => urgency(one.last_day, day(one), dates.steps))),
  ];
};
