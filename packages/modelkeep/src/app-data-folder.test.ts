import { expect, it } from 'vitest';
import { appDataFolder } from './app-data-folder.ts';

it('is where the system keeps the data of apps, if the environment says so', () => {
  expect(appDataFolder({ HOME: '/home/ann' }, 'linux')).toBe('/home/ann/.local/share/modelkeep');
  expect(appDataFolder({ HOME: '/home/ann', XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/modelkeep');
  expect(appDataFolder({ XDG_DATA_HOME: 'relative' }, 'linux')).toBeUndefined();
  expect(appDataFolder({ HOME: '/Users/ann' }, 'darwin')).toBe('/Users/ann/Library/Application Support/modelkeep');
  expect(appDataFolder({ LOCALAPPDATA: 'C:\\Users\\Ann\\AppData\\Local' }, 'win32')).toBe(
    'C:\\Users\\Ann\\AppData\\Local\\modelkeep',
  );
  expect(appDataFolder({}, 'win32')).toBeUndefined();
  expect(appDataFolder({}, 'linux')).toBeUndefined();
});
