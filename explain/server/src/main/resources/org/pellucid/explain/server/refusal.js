import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';

show(
  pageHeader(data.title, data.sentence),
  make('p', {}, make('a', {href: '/'}, 'To the overview')));
