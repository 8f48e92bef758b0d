/** A dataset's page. */
export function datasetAddress(name: string): string {
  return `/datasets/${encodeURIComponent(name)}`;
}

/** A stimulus's page: its name is a path, and stays one in the address. */
export function stimulusAddress(dataset: string, name: string): string {
  return `${datasetAddress(dataset)}/${name.split('/').map(encodeURIComponent).join('/')}`;
}
