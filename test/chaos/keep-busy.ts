/** Runs `step` over and over, in so many lanes, until so many are done and `isOver`. */
export async function keepBusy(
  lanes: number,
  count: number,
  isOver: () => boolean,
  step: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count || !isOver()) {
      next += 1;
      await step(next - 1);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
