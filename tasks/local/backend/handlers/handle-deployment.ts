import type { ApiResponse } from '../http/ApiResponse';
import type { ParsedRequest } from '../http/ParsedRequest';
import type { Backend } from './Backend';
import { describeDataModel, hashDataModel } from './describe-data-model';

/** `GET info.json`: what the deployment is. */
export function getInfo({ label, environment, backendId, startedAt }: Backend): ApiResponse {
  return {
    status: 200,
    json: {
      label,
      app_label: label,
      app_id: backendId,
      org_id: null,
      region: 'local',
      environment,
      last_deployed_at: startedAt,
      deployed_by_name: null,
      deployed_by_email: null
    }
  };
}

/** `GET datamodel.json`; 304 where the caller has this version of it already (documented, "Retrieve the app data model"). */
export function getDataModelJson({ state }: Backend, { knownVersions }: ParsedRequest): ApiResponse {
  const tag = `"${hashDataModel(state.dataModel)}"`;
  const headers = { ETag: tag };
  if (knownVersions.some((version) => version === tag || version === '*')) return { status: 304, headers };
  return { status: 200, headers, json: describeDataModel(state.dataModel, state.userModel) };
}

/** `GET datamodel.xml`. */
export function getDataModelXml({ state }: Backend): ApiResponse {
  return { status: 200, text: { type: 'application/xml; charset=utf-8', content: state.dataModel.xml } };
}
