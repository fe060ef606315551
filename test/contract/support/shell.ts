/** Commands as the products' pages print them, run by a real shell with the real curl and openssl. */
import { spawn } from 'node:child_process';

export interface ShellResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a script with bash; `env` beside the present variables. */
export function runShell(script: string, env: Record<string, string> = {}): Promise<ShellResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The JSON a curl line printed. Throws with all it said where it is none. */
export async function curlJson(script: string, env: Record<string, string> = {}): Promise<unknown> {
  const { stdout, stderr, code } = await runShell(script, env);
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`curl (exit ${String(code)}) printed: ${stdout}\n${stderr}`, { cause: error });
  }
}
