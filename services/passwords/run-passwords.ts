// Make the passwords once: what it prints is for the operator, and never a password.

import type { PasswordsConfig } from './config.ts'
import { makePasswords } from './make-passwords.ts'

const exitUsage = 2
const exitFailed = 1

export async function runPasswords(read: () => PasswordsConfig): Promise<number> {
  const complain = (error: unknown, code: number): number => {
    process.stderr.write(`plaintrail passwords: ${error instanceof Error ? error.message : String(error)}\n`)
    return code
  }
  let config: PasswordsConfig
  try {
    config = read()
  } catch (error) {
    return complain(error, exitUsage)
  }
  try {
    const made = await makePasswords(config)
    const what = made.length === 0 ? 'all were there' : `made ${made.join(', ')}`
    process.stdout.write(`plaintrail passwords: ${what} in ${config.folder}\n`)
  } catch (error) {
    return complain(error, exitFailed)
  }
  return 0
}
