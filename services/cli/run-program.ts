// runProgram: another program, run to its end on the terminal of this one.

/**
 * No shell reads the words. What it prints goes to `output`: to the terminal, or to whoever collects it. Its exit code;
 * null where there is no such program, or a signal ended it.
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  output: 'inherit' | ((chunk: Buffer) => void),
): Promise<number | null> {
  const { spawn } = await import('node:child_process')
  const stdout = output === 'inherit' ? 'inherit' : 'pipe'
  const child = spawn(program, words, { stdio: ['inherit', stdout, 'inherit'] })
  if (output !== 'inherit') child.stdout?.on('data', output)
  return await new Promise((resolve) => {
    child.once('error', () => resolve(null))
    child.once('close', (code) => resolve(code))
  })
}
