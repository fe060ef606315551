/** Starts the page: takes the launch token out of the address, connects, and draws the app. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { createAppRouter } from './app/router.tsx';
import { connect } from './data/connection.ts';
import { chooseConnection } from './link/index.ts';

const place = document.getElementById('root');
if (place === null) throw new Error('The page has no place to draw in.');
// The token leaves the address before the router reads it.
connect(chooseConnection());
createRoot(place).render(
  <StrictMode>
    <App router={createAppRouter()} />
  </StrictMode>,
);
