/** What a new package is called and says of itself. */
export interface PackageWords {
  readonly name: string;
  readonly description: string;
}

/** A file of the template with the package's own words, each as the file's format writes it. */
export function filledTemplate(file: string, text: string, { name, description }: PackageWords): string {
  const values: Readonly<Record<string, string>> = {
    __NAME__: name,
    __DESCRIPTION__: description,
    __IDENT__: name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  };
  const written = (value: string): string => (file.endsWith(".json") ? JSON.stringify(value).slice(1, -1) : value);
  return text.replaceAll(/__[A-Z]+__/g, (word) => written(values[word] ?? word));
}
