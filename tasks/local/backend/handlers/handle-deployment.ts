import type { ApiResponse } from '../http/ApiResponse';
import type { Backend } from './Backend';
import { describeDataModel } from './describe-data-model';

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

/** `GET datamodel.json`. */
export function getDataModelJson({ state }: Backend): ApiResponse {
  return { status: 200, json: describeDataModel(state.dataModel, state.userModel) };
}

/** `GET datamodel.xml`. */
export function getDataModelXml({ state }: Backend): ApiResponse {
  return { status: 200, text: { type: 'application/xml; charset=utf-8', content: state.dataModel.xml } };
}
