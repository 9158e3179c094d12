// Documents are named by URIs, files by paths.

/** The path of a file: URI; undefined for others, such as a text that was never saved. */
export function pathOf(uri: string): string | undefined {
  return uri.startsWith('file://') ? decodeURIComponent(new URL(uri).pathname) : undefined;
}

export function uriOf(path: string): string {
  return `file://${path.split('/').map(encodeURIComponent).join('/')}`;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
