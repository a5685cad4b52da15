import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';

show(pageHeader(data.title, 'A page from another package'), make('p', {}, data.words.join(' ')));
