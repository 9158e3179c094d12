// The language server: what an editor asks and is told, by the Language Server Protocol.
import {
  CodeActionKind,
  type Connection,
  createConnection,
  DiagnosticSeverity,
  DidChangeConfigurationNotification,
  type DocumentSymbol,
  type InitializeParams,
  type InitializeResult,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  StreamMessageReader,
  StreamMessageWriter,
  SymbolKind,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { version } from '../../package.json';
import { CLOCK } from '../io/clock.ts';
import { Reading } from '../play/reading.ts';
import { QmpshError } from '../qmp/errors.ts';
import { parseJson } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import { type Diagnosis, diagnose } from './check.ts';
import { completionAt } from './complete.ts';
import { definitionAt } from './definition.ts';
import { type PageDocument, readDocument } from './document.ts';
import { formatting } from './format.ts';
import { helpAt } from './hover.ts';
import { type Entry, outlineOf } from './outline.ts';
import { renamableAt, rename } from './rename.ts';
import { readSettings, type Settings } from './settings.ts';
import { openSource, type Source, shippedSource } from './source.ts';
import { uriOf } from './uri.ts';

/** Milliseconds without a key until a page is checked. */
const QUIET = 150;

/** Serves one editor until it says that it is over. `given`: the settings of the command line, which go before the editor's. */
export function serve(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, given: Settings): void {
  const connection = createConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const server = new Server(connection, given);
  server.listen();
}

class Server {
  readonly #connection: Connection;
  readonly #documents = new TextDocuments(TextDocument);
  readonly #given: Settings;
  /** The pages, as they were last read. */
  readonly #read = new Map<string, { readonly version: number; readonly page: Promise<PageDocument> }>();
  /** What was last told of a page. */
  readonly #told = new Map<string, readonly Diagnosis[]>();
  readonly #waiting = new Map<string, () => void>();
  #source: Promise<Source> = Promise.resolve(shippedSource());
  #settings = '';
  #pulls = false;
  #registers = false;

  constructor(connection: Connection, given: Settings) {
    this.#connection = connection;
    this.#given = given;
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize(params => this.#initialize(params));
    connection.onInitialized(() => this.#initialized());
    connection.onShutdown(async () => {
      for (const stop of this.#waiting.values()) stop();
      await (await this.#source).close();
    });
    connection.onDidChangeConfiguration(async ({ settings }) => {
      if (this.#pulls) await this.#pull();
      else this.#configure(isTable(settings) ? settings['qmpsh'] : undefined);
    });
    this.#documents.onDidChangeContent(({ document }) => this.#checkSoon(document.uri));
    this.#documents.onDidClose(({ document: { uri } }) => {
      this.#waiting.get(uri)?.();
      this.#waiting.delete(uri);
      this.#read.delete(uri);
      this.#told.delete(uri);
      void connection.sendDiagnostics({ uri, diagnostics: [] });
    });
    this.#listenForQuestions();
    this.#documents.listen(connection);
    connection.listen();
  }

  #listenForQuestions(): void {
    const connection = this.#connection;
    connection.onCompletion(async ({ textDocument: { uri }, position }) => {
      const { text, page } = await this.#open(uri);
      const source = await this.#source;
      const toRange = (place: Place) => rangeOf(text, place);
      const items = await completionAt(page, text.offsetAt(position), source, toRange);
      // What fits is another matter with each letter: names are looked for in more than one way.
      return { isIncomplete: true, items };
    });
    connection.onHover(async ({ textDocument: { uri }, position }) => {
      const { text, page } = await this.#open(uri);
      const help = helpAt(page, text.offsetAt(position), (await this.#source).offers);
      if (!help) return null;
      const fence = help.text.includes('```') ? '````' : '```';
      const value = `${fence}text\n${help.text}\n${fence}`;
      return { contents: { kind: 'markdown' as const, value }, range: rangeOf(text, help.place) };
    });
    connection.onDefinition(async ({ textDocument: { uri }, position }) => {
      const { text, page } = await this.#open(uri);
      const found = definitionAt(page, text.offsetAt(position), new Reading());
      if (!found) return null;
      if ('place' in found) return { uri, range: rangeOf(text, found.place) };
      return { uri: uriOf(found.path), range: { start: ORIGIN, end: ORIGIN } };
    });
    connection.onPrepareRename(async ({ textDocument: { uri }, position }) => {
      const { text, page } = await this.#open(uri);
      const found = renamableAt(page.page, text.offsetAt(position));
      return found ? { range: rangeOf(text, found.place), placeholder: found.name } : null;
    });
    connection.onRenameRequest(async ({ textDocument: { uri }, position, newName }) => {
      const { text, page } = await this.#open(uri);
      const renaming = rename(page.page, text.offsetAt(position), newName);
      if (!renaming.ok) return new ResponseError<void>(INVALID, renaming.why);
      const edits = renaming.places.map(place => ({ range: rangeOf(text, place), newText: newName }));
      return { changes: { [uri]: edits } };
    });
    connection.onDocumentSymbol(async ({ textDocument: { uri } }) => {
      const { text, page } = await this.#open(uri);
      return outlineOf(page.page).map(entry => symbol(text, entry));
    });
    connection.onCodeAction(async ({ textDocument: { uri }, range }) => {
      const { text } = await this.#open(uri);
      const [start, end] = [text.offsetAt(range.start), text.offsetAt(range.end)];
      const near = (this.#told.get(uri) ?? []).filter(
        ({ place }) => place.start <= end && start <= place.end,
      );
      return near.flatMap(one =>
        one.instead.map((newText, _, all) => ({
          title: `Take ${newText}`,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic(text, one)],
          isPreferred: all.length === 1,
          edit: { changes: { [uri]: [{ range: rangeOf(text, one.place), newText }] } },
        })),
      );
    });
    connection.onDocumentFormatting(({ textDocument: { uri } }) => this.#format(uri));
    connection.onDocumentRangeFormatting(async ({ textDocument: { uri }, range }) => {
      const edits = await this.#format(uri);
      return edits.filter(
        edit => edit.range.end.line >= range.start.line && edit.range.start.line <= range.end.line,
      );
    });
  }

  #initialize({ capabilities, initializationOptions }: InitializeParams): InitializeResult {
    this.#pulls = capabilities.workspace?.configuration === true;
    this.#registers = capabilities.workspace?.didChangeConfiguration?.dynamicRegistration === true;
    this.#configure(initializationOptions);
    return {
      serverInfo: { name: 'qmpsh', version },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        completionProvider: { triggerCharacters: ['=', '.', ' ', '"', '$', '{', '/', ','] },
        hoverProvider: true,
        definitionProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        documentFormattingProvider: true,
        documentRangeFormattingProvider: true,
      },
    };
  }

  async #initialized(): Promise<void> {
    if (this.#registers)
      await this.#connection.client.register(DidChangeConfigurationNotification.type, { section: 'qmpsh' });
    if (this.#pulls) await this.#pull();
  }

  async #pull(): Promise<void> {
    const found: unknown = await this.#connection.workspace.getConfiguration('qmpsh');
    // Without settings those of the initialization stand.
    if (isTable(found) && Object.keys(found).length > 0) this.#configure(found);
  }

  /** Takes settings; what they name is opened, and then all pages are checked by it. */
  #configure(value: unknown): void {
    const { settings, faults } = readSettings(parseJson(JSON.stringify(value ?? null)));
    for (const fault of faults) this.#say(MessageType.Warning, fault);
    const isGiven = Object.keys(this.#given).length > 0;
    const wanted = isGiven ? this.#given : settings;
    const key = JSON.stringify(wanted);
    if (key === this.#settings) return;
    this.#settings = key;
    const before = this.#source;
    this.#source = before.then(async old => {
      await old.close();
      try {
        return await openSource(wanted, isGiven);
      } catch (error) {
        if (!(error instanceof QmpshError)) throw error;
        const advice = error.advice === undefined ? '' : `. ${error.advice}`;
        this.#say(MessageType.Error, `qmpsh: ${error.message}${advice}`);
        return shippedSource();
      }
    });
    void this.#source.then(() => {
      for (const uri of this.#documents.keys()) this.#checkSoon(uri);
    });
  }

  /** Shows a message; nothing is waited for. */
  #say(type: MessageType, message: string): void {
    void this.#connection.sendNotification(ShowMessageNotification.type, { type, message });
  }

  /** A document that is open, as it is now. */
  async #open(uri: string): Promise<{ readonly text: TextDocument; readonly page: PageDocument }> {
    const text = this.#documents.get(uri);
    if (!text) throw new ResponseError<void>(INVALID, `${uri} is not open`);
    const known = this.#read.get(uri);
    const page =
      known?.version === text.version ? known.page : readDocument(uri, text.version, text.getText());
    this.#read.set(uri, { version: text.version, page });
    return { text, page: await page };
  }

  #checkSoon(uri: string): void {
    this.#waiting.get(uri)?.();
    this.#waiting.set(
      uri,
      CLOCK.after(QUIET, () => {
        this.#waiting.delete(uri);
        this.#check(uri).catch((error: unknown) => this.#connection.console.error(String(error)));
      }),
    );
  }

  async #check(uri: string): Promise<void> {
    const source = await this.#source;
    if (!this.#documents.get(uri)) return;
    const { text, page } = await this.#open(uri);
    const found = await diagnose(page, source.schema, new Reading());
    // Meanwhile more was typed: that is checked by itself.
    if (this.#documents.get(uri)?.version !== page.version) return;
    this.#told.set(uri, found);
    const diagnostics = found.map(one => diagnostic(text, one));
    await this.#connection.sendDiagnostics({ uri, version: page.version, diagnostics });
  }

  async #format(uri: string): Promise<TextEdit[]> {
    const { text, page } = await this.#open(uri);
    const { schema } = await this.#source;
    return formatting(page.page, schema).map(({ start, end, text: newText }) => ({
      range: rangeOf(text, { start, end }),
      newText,
    }));
  }
}

const ORIGIN = { line: 0, character: 0 };
/** JSON-RPC: "Invalid method parameter(s)". */
const INVALID = -32602;

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
} as const;

const KINDS = {
  section: SymbolKind.String,
  step: SymbolKind.Function,
  parameter: SymbolKind.Variable,
} as const;

function diagnostic(text: TextDocument, { place, severity, rule, message }: Diagnosis) {
  return {
    range: rangeOf(text, place),
    severity: SEVERITIES[severity],
    source: 'qmpsh',
    code: rule,
    message,
  };
}

function symbol(text: TextDocument, { kind, name, detail, place, head, children }: Entry): DocumentSymbol {
  return {
    name,
    kind: KINDS[kind],
    ...(detail === undefined ? {} : { detail }),
    range: rangeOf(text, place),
    selectionRange: rangeOf(text, head),
    children: children.map(child => symbol(text, child)),
  };
}

function rangeOf(text: TextDocument, { start, end }: Place) {
  return { start: text.positionAt(start), end: text.positionAt(end) };
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
