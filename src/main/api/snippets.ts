/**
 * Ready commands that make a correctly authenticated call, in the languages callers use. Signatures are worked out for
 * the very body shown; where a shell can do that itself, one variant shows how (UI, Test tab).
 */
import type { SampleCall } from './sample-call.ts';
import { powerShellText, pythonText, scriptText, shellWord } from './shell-words.ts';

export interface Snippet {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** One snippet per language, the one that always works first. */
export function snippetsOf(call: SampleCall): readonly Snippet[] {
  return [
    { id: 'curl', title: 'curl', text: curl(call) },
    ...signingShell(call),
    { id: 'fetch', title: 'JavaScript (fetch)', text: fetchScript(call) },
    { id: 'python', title: 'Python', text: python(call) },
    { id: 'powershell', title: 'PowerShell', text: powerShell(call) },
  ];
}

function curl({ method, url, headers, body }: SampleCall): string {
  const lines = [
    `curl -X ${method} ${shellWord(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`),
    // A text that begins with @ would be taken for a file by every other option.
    ...(body === '' ? [] : [`--data-raw ${shellWord(body)}`]),
  ];
  return lines.join(' \\\n  ');
}

/** For HMAC over the plain body: the signature made by openssl, so that the body can be changed. */
function signingShell(call: SampleCall): readonly Snippet[] {
  const { scheme, settings } = call.auth;
  const isPlain = settings['signed'] === '{body}' && settings['timestampHeader'] === undefined;
  const secret = call.secrets['secret'];
  const header = settings['header'];
  if (scheme.definition.scheme !== 'hmac' || !isPlain || settings['toleranceSeconds'] !== undefined)
    return [];
  if (secret === undefined || typeof header !== 'string' || call.body === '') return [];
  const algorithm = typeof settings['algorithm'] === 'string' ? settings['algorithm'] : 'sha256';
  const prefix = typeof settings['prefix'] === 'string' ? settings['prefix'] : '';
  const digest = `openssl dgst -${algorithm} -hmac ${shellWord(secret)}`;
  const encoded =
    settings['encoding'] === 'base64' ? `${digest} -binary | base64` : `${digest} | sed 's/^.* //'`;
  const { [header]: _signature, ...others } = call.headers;
  const text = [
    `BODY=${shellWord(call.body)}`,
    `SIGNATURE=$(printf %s "$BODY" | ${encoded})`,
    [
      `curl -X ${call.method} ${shellWord(call.url)}`,
      ...Object.entries(others).map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`),
      `-H "${header}: ${prefix}$SIGNATURE"`,
      '--data-raw "$BODY"',
    ].join(' \\\n  '),
  ].join('\n');
  return /^[\w=.:-]*$/.test(prefix) ? [{ id: 'curl-openssl', title: 'curl, signed with openssl', text }] : [];
}

function fetchScript({ method, url, headers, body }: SampleCall): string {
  const lines = [
    `const response = await fetch(${scriptText(url)}, {`,
    `  method: ${scriptText(method)},`,
    '  headers: {',
    ...Object.entries(headers).map(([name, value]) => `    ${scriptText(name)}: ${scriptText(value)},`),
    '  },',
    ...(body === '' ? [] : [`  body: ${scriptText(body)},`]),
    '});',
    'console.log(response.status, await response.text());',
  ];
  return lines.join('\n');
}

function python({ method, url, headers, body }: SampleCall): string {
  const lines = [
    'from urllib.request import Request, urlopen',
    '',
    'request = Request(',
    `    ${pythonText(url)},`,
    ...(body === '' ? [] : [`    data=${pythonText(body)}.encode(),`]),
    '    headers={',
    ...Object.entries(headers).map(([name, value]) => `        ${pythonText(name)}: ${pythonText(value)},`),
    '    },',
    `    method=${pythonText(method)},`,
    ')',
    'with urlopen(request) as response:',
    '    print(response.status, response.read().decode())',
  ];
  return lines.join('\n');
}

function powerShell({ method, url, headers, body }: SampleCall): string {
  const { 'Content-Type': contentType, ...others } = headers;
  const lines = [
    '$headers = @{',
    ...Object.entries(others).map(([name, value]) => `  ${powerShellText(name)} = ${powerShellText(value)}`),
    '}',
    ...(body === '' ? [] : [`$body = [Text.Encoding]::UTF8.GetBytes(${powerShellText(body)})`]),
    [
      `Invoke-RestMethod -Method ${method} -Uri ${powerShellText(url)} -Headers $headers`,
      ...(contentType === undefined ? [] : [`-ContentType ${powerShellText(contentType)}`]),
      ...(body === '' ? [] : ['-Body $body']),
    ].join(' '),
  ];
  return lines.join('\n');
}
