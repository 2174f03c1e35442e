// What Airflow's own UI lends to this page, so that it looks and behaves like a part of it.

const { React, ReactRouterDOM, ChakraUI } = /** @type {any} */ (globalThis);

export const h = React.createElement;
export const {
  Fragment,
  Suspense,
  createContext,
  lazy,
  useCallback,
  useContext,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} = React;
export const { Link, NavLink, Navigate, Route, Routes, useLocation, useNavigate, useParams, useSearchParams } =
  ReactRouterDOM;
export const ui = ChakraUI;

/** Where the page lives in Airflow's router. */
export const HOME = "/plugin/synchronisation";

/** The address of something below the API server's root, also when it is served below a path. */
export const address = (path) => new URL(path, document.baseURI).href;
