// Who is looking, and what that person may do; every right is asked again by the server.

import { createContext, useContext } from "./host.js";

export const MeContext = createContext(null);

/** @returns {{name: string, rights: {create: boolean, connect: boolean}, writable: boolean, folder: string, roles_without_page: string[]}} */
export const useMe = () => useContext(MeContext);
