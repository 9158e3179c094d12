export async function interactive(_: unknown): Promise<0> {
  return 0;
}
