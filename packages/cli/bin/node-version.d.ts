export declare function isSupported(version: string): boolean;
export declare function findNode(url: string): string | undefined;
export declare function runWith(node: string, args: readonly string[]): Promise<number>;
export declare function followLauncher(): void;
