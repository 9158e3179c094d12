// An editor: drives the built `qmpsh lsp` over its standard input and output, with the protocol's own client library.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type CodeAction,
  CodeActionRequest,
  type CompletionItem,
  CompletionRequest,
  ConfigurationRequest,
  createProtocolConnection,
  DefinitionRequest,
  type Diagnostic,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentFormattingRequest,
  type DocumentSymbol,
  DocumentSymbolRequest,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type Location,
  PrepareRenameRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type Range,
  RenameRequest,
  ShowMessageNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
} from 'vscode-languageserver-protocol/node';
import { BIN } from '../command.ts';

interface ClientOptions {
  readonly args?: readonly string[];
  /** initializationOptions. */
  readonly settings?: unknown;
  /** What workspace/configuration answers; absent: the client has no such thing. */
  readonly configuration?: unknown;
  readonly cwd?: string;
}

/** A document that is open in the editor. In texts given to it `|` is where the cursor stands. */
export class Open {
  readonly uri: string;
  text: string;
  #version = 1;
  readonly #client: Client;

  constructor(client: Client, uri: string, text: string) {
    this.#client = client;
    this.uri = uri;
    this.text = text;
  }

  /** Replaces the whole text, as typing does; gives what the server says of it. */
  async become(text: string): Promise<readonly Diagnostic[]> {
    this.text = text;
    this.#version += 1;
    const told = this.#client.told(this.uri, this.#version);
    await this.#client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: this.uri, version: this.#version },
      contentChanges: [{ text }],
    });
    return told;
  }

  at(part: string, within = 0) {
    const offset = this.text.indexOf(part);
    if (offset < 0) throw new Error(`${part} is not in the text`);
    const before = this.text.slice(0, offset + within).split('\n');
    return { line: before.length - 1, character: (before.at(-1) ?? '').length };
  }

  offset({ line, character }: Range['start']): number {
    const rows = this.text.split('\n');
    return rows.slice(0, line).reduce((sum, row) => sum + row.length + 1, 0) + character;
  }

  under(range: Range): string {
    return this.text.slice(this.offset(range.start), this.offset(range.end));
  }

  apply(edits: readonly TextEdit[]): string {
    let text = this.text;
    for (const edit of [...edits].sort((a, b) => this.offset(b.range.start) - this.offset(a.range.start)))
      text =
        text.slice(0, this.offset(edit.range.start)) + edit.newText + text.slice(this.offset(edit.range.end));
    return text;
  }

  #here(part: string, within?: number) {
    return { textDocument: { uri: this.uri }, position: this.at(part, within) };
  }

  /** Candidates at the end of `part`. */
  async complete(part: string): Promise<readonly CompletionItem[]> {
    const found = await this.#client.connection.sendRequest(
      CompletionRequest.type,
      this.#here(part, part.length),
    );
    return found === null ? [] : Array.isArray(found) ? found : found.items;
  }

  /** The help on `part`, without its fence. */
  async hover(part: string, within = 1): Promise<string | undefined> {
    const found = await this.#client.connection.sendRequest(HoverRequest.type, this.#here(part, within));
    if (!found || typeof found.contents !== 'object' || !('value' in found.contents)) return undefined;
    return found.contents.value.replace(/^`+text\n|\n`+$/g, '');
  }

  async definition(part: string, within = 1): Promise<Location | undefined> {
    const found = await this.#client.connection.sendRequest(DefinitionRequest.type, this.#here(part, within));
    return found && 'uri' in found ? found : undefined;
  }

  /** What the text is after a renaming; rejects where it is refused. */
  async rename(part: string, newName: string, within = 1): Promise<string> {
    const where = this.#here(part, within);
    const found = await this.#client.connection.sendRequest(RenameRequest.type, { ...where, newName });
    return this.apply(found?.changes?.[this.uri] ?? []);
  }

  async renamable(part: string, within = 1): Promise<unknown> {
    return this.#client.connection.sendRequest(PrepareRenameRequest.type, this.#here(part, within));
  }

  async outline(): Promise<readonly DocumentSymbol[]> {
    const found = await this.#client.connection.sendRequest(DocumentSymbolRequest.type, {
      textDocument: { uri: this.uri },
    });
    return (found ?? []).flatMap(one => ('selectionRange' in one ? [one] : []));
  }

  async actions(range: Range): Promise<readonly CodeAction[]> {
    const found = await this.#client.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: this.uri },
      range,
      context: { diagnostics: [] },
    });
    return (found ?? []).flatMap(one => ('edit' in one ? [one] : []));
  }

  async formatted(): Promise<string> {
    const found = await this.#client.connection.sendRequest(DocumentFormattingRequest.type, {
      textDocument: { uri: this.uri },
      options: { tabSize: 2, insertSpaces: true },
    });
    return this.apply(found ?? []);
  }

  async close(): Promise<readonly Diagnostic[]> {
    const told = this.#client.told(this.uri, undefined);
    await this.#client.connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri: this.uri },
    });
    return told;
  }
}

interface Waiting {
  readonly uri: string;
  readonly version: number | undefined;
  readonly resolve: (found: readonly Diagnostic[]) => void;
}

export class Client {
  readonly connection: ProtocolConnection;
  readonly messages: string[] = [];
  initialized: InitializeResult | undefined;
  #waiting: Waiting[] = [];
  readonly #arrived: (() => void)[] = [];

  constructor(connection: ProtocolConnection) {
    this.connection = connection;
    connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, version, diagnostics }) => {
      const isMeant = (one: Waiting) => one.uri === uri && one.version === version;
      for (const one of this.#waiting.filter(isMeant)) one.resolve(diagnostics);
      this.#waiting = this.#waiting.filter(one => !isMeant(one));
    });
    connection.onNotification(ShowMessageNotification.type, ({ message }) => {
      this.messages.push(message);
      for (const arrived of this.#arrived.splice(0)) arrived();
    });
  }

  /** What is next told of a document in that version. */
  told(uri: string, version: number | undefined): Promise<readonly Diagnostic[]> {
    return new Promise(resolve => this.#waiting.push({ uri, version, resolve }));
  }

  /** When the server has shown a message. */
  async message(): Promise<string> {
    if (this.messages.length === 0) await new Promise<void>(resolve => this.#arrived.push(resolve));
    return this.messages[0] ?? '';
  }

  /** Opens a text; gives it and what the server says of it. */
  async open(name: string, text: string): Promise<{ open: Open; found: readonly Diagnostic[] }> {
    const uri = pathToFileURL(name).href;
    const told = this.told(uri, 1);
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: 'markdown', version: 1, text },
    });
    return { open: new Open(this, uri, text), found: await told };
  }

  /** Opens a file of the project. */
  file(path: string): Promise<{ open: Open; found: readonly Diagnostic[] }> {
    return this.open(join(process.cwd(), path), readFileSync(path, 'utf8'));
  }

  async configure(settings: unknown): Promise<void> {
    await this.connection.sendNotification(DidChangeConfigurationNotification.type, { settings });
  }
}

/** Starts the server, and ends it as an editor does; gives its exit status and what it wrote to standard error. */
export async function withServer(
  options: ClientOptions,
  act: (client: Client) => Promise<void>,
): Promise<{ readonly status: number | null; readonly err: string }> {
  const { QMP_SOCKET: _, ...env } = process.env;
  const child = spawn(process.execPath, [BIN, 'lsp', ...(options.args ?? [])], {
    cwd: options.cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    err += text;
  });
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const client = new Client(connection);
  connection.onRequest(ConfigurationRequest.type, ({ items }) =>
    items.map(() => options.configuration ?? null),
  );
  connection.listen();
  try {
    client.initialized = await connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: options.configuration === undefined ? {} : { workspace: { configuration: true } },
      ...(options.settings === undefined ? {} : { initializationOptions: options.settings }),
    });
    await connection.sendNotification(InitializedNotification.type, {});
    await act(client);
    await connection.sendRequest(ShutdownRequest.type);
    await connection.sendNotification(ExitNotification.type);
    return { status: await ended, err };
  } finally {
    connection.dispose();
    child.kill();
  }
}
