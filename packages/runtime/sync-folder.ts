// syncFolder: the names in a folder are on disk when it returns; a crash after that finds them.

import { open } from 'node:fs/promises'

export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
