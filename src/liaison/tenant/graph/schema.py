"""The properties of the v1.0 schema, by type: what may be selected, and what a body may hold.

Source: msgraph-metadata, clean_v10_metadata (state of August 2026), with the gaps that the service sends anyway
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEAM = _names(
    """
    allChannels channels classification createdDateTime description discoverySettings displayName firstChannelName
    funSettings group guestSettings id incomingChannels installedApps internalId isArchived
    isMembershipLimitedToOwners members memberSettings messagingSettings operations permissionGrants photo
    primaryChannel schedule specialization summary tags tagSettings template tenantId visibility webUrl
    """
)
CHANNEL = _names(
    """
    allMembers createdDateTime description displayName email enabledApps filesFolder id isArchived
    isFavoriteByDefault layoutType members membershipType messages migrationMode moderationSettings
    originalCreatedDateTime sharedWithTeams summary tabs tenantId webUrl
    """
)
TAB = _names(
    """
    configuration displayName id sortOrderIndex teamsApp webUrl
    """
)
INSTALLATION = _names(
    """
    consentedPermissionSet id teamsApp teamsAppDefinition
    """
)
CATALOGUE_APP = _names(
    """
    appDefinitions displayName distributionMethod externalId id
    """
)
MEMBER = _names(
    """
    displayName email id roles tenantId user userId visibleHistoryStartDateTime
    """
)
MESSAGE = _names(
    """
    attachments body channelIdentity chatId createdDateTime deletedDateTime etag eventDetail from hostedContents id
    importance lastEditedDateTime lastModifiedDateTime locale mentions messageHistory messageType policyViolation
    reactions replies replyToId subject summary webUrl
    """
)
GROUP = _names(
    """
    acceptedSenders accessType allowExternalSenders appRoleAssignments assignedLabels assignedLicenses
    autoSubscribeNewMembers calendar calendarView classification conversations createdDateTime createdOnBehalfOf
    deletedDateTime description displayName drive drives events expirationDateTime extensions groupLifecyclePolicies
    groupTypes hasMembersWithLicenseErrors hideFromAddressLists hideFromOutlookClients id infoCatalogs isArchived
    isAssignableToRole isFavorite isManagementRestricted isSubscribedByMail licenseProcessingState mail mailEnabled
    mailNickname memberOf members membershipRule membershipRuleProcessingState membersWithLicenseErrors onenote
    onPremisesDomainName onPremisesExtensionAttributes onPremisesLastSyncDateTime onPremisesNetBiosName
    onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncBehavior
    onPremisesSyncEnabled organizationId owners permissionGrants photo photos planner preferredDataLocation
    preferredLanguage proxyAddresses rejectedSenders renewedDateTime resourceBehaviorOptions
    resourceProvisioningOptions securityEnabled securityIdentifier serviceProvisioningErrors settings sites team
    theme threads transitiveMemberOf transitiveMembers uniqueName unseenConversationsCount unseenCount
    unseenMessagesCount visibility welcomeMessageEnabled
    """
)
USER = _names(
    """
    aboutMe accountEnabled activities adhocCalls ageGroup agreementAcceptances appRoleAssignments assignedLicenses
    assignedPlans authentication authorizationInfo birthday businessPhones calendar calendarGroups calendars
    calendarView chats city cloudClipboard cloudPCs companyName consentProvidedForMinor contactFolders contacts
    country createdDateTime createdObjects creationType customSecurityAttributes dataSecurityAndGovernance
    deletedDateTime department deviceEnrollmentLimit deviceManagementTroubleshootingEvents directReports displayName
    drive drives employeeExperience employeeHireDate employeeId employeeLeaveDateTime employeeOrgData employeeType
    events extensions externalUserState externalUserStateChangeDateTime faxNumber followedSites givenName hireDate
    id identities identityParentId imAddresses inferenceClassification insights interests isManagementRestricted
    isResourceAccount jobTitle joinedTeams lastPasswordChangeDateTime legalAgeGroupClassification
    licenseAssignmentStates licenseDetails mail mailboxSettings mailFolders mailNickname managedAppRegistrations
    managedDevices manager memberOf messages mobilePhone mySite notes oauth2PermissionGrants officeLocation onenote
    onlineMeetings onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes
    onPremisesImmutableId onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName
    onPremisesSecurityIdentifier onPremisesSyncBehavior onPremisesSyncEnabled onPremisesUserPrincipalName otherMails
    outlook ownedDevices ownedObjects passwordPolicies passwordProfile pastProjects people permissionGrants photo
    photos planner postalCode preferredDataLocation preferredLanguage preferredName presence print provisionedPlans
    proxyAddresses registeredDevices responsibilities schools scopedRoleMemberOf securityIdentifier
    serviceProvisioningErrors settings showInAddressList signInActivity signInSessionsValidFromDateTime skills
    solutions sponsorOf sponsors state streetAddress surname teamwork todo transitiveMemberOf usageLocation
    userPrincipalName userType
    """
)
SERVICE_PRINCIPAL = _names(
    """
    accountEnabled addIns alternativeNames appDescription appDisplayName appId applicationTemplateId
    appManagementPolicies appOwnerOrganizationId appRoleAssignedTo appRoleAssignmentRequired appRoleAssignments
    appRoles claimsMappingPolicies createdByAppId createdObjects customSecurityAttributes
    delegatedPermissionClassifications deletedDateTime description disabledByMicrosoftStatus displayName endpoints
    federatedIdentityCredentials homepage homeRealmDiscoveryPolicies id info isDisabled keyCredentials loginUrl
    logoutUrl memberOf notes notificationEmailAddresses oauth2PermissionGrants oauth2PermissionScopes ownedObjects
    owners passwordCredentials preferredSingleSignOnMode preferredTokenSigningKeyThumbprint
    remoteDesktopSecurityConfiguration replyUrls resourceSpecificApplicationPermissions samlSingleSignOnSettings
    servicePrincipalNames servicePrincipalType signInAudience synchronization tags tokenEncryptionKeyId
    tokenIssuancePolicies tokenLifetimePolicies transitiveMemberOf verifiedPublisher
    """
)
GRANT = _names(
    """
    clientId consentType id principalId resourceId scope
    """
)
SUBSCRIPTION = _names(
    """
    applicationId changeType clientState creatorId encryptionCertificate encryptionCertificateId expirationDateTime
    id includeResourceData latestSupportedTlsVersion lifecycleNotificationUrl notificationQueryOptions
    notificationUrl notificationUrlAppId resource vapidPublicKey webPushEncryptionP256dhPublicKey
    webPushEncryptionSecret
    """
)
DRIVE = _names(
    """
    bundles createdBy createdByUser createdDateTime description driveType eTag following id items lastModifiedBy
    lastModifiedByUser lastModifiedDateTime list name owner parentReference quota root sharePointIds special system
    webUrl
    """
)
DRIVE_ITEM = _names(
    """
    analytics audio bundle children content createdBy createdByUser createdDateTime cTag deleted description eTag
    file fileSystemInfo folder id image lastModifiedBy lastModifiedByUser lastModifiedDateTime listItem location
    malware name package parentReference pendingOperations permissions photo publication remoteItem retentionLabel
    root searchResult shared sharepointIds size specialFolder subscriptions thumbnails versions video webDavUrl
    webUrl workbook
    """
)
SITE = _names(
    """
    analytics columns contentTypes createdBy createdByUser createdDateTime description displayName drive drives
    error eTag externalColumns id isPersonalSite items lastModifiedBy lastModifiedByUser lastModifiedDateTime lists
    name onenote operations pages parentReference permissions root sharepointIds siteCollection sites termStore
    termStores webUrl
    """
)
LIST = _names(
    """
    columns contentTypes createdBy createdByUser createdDateTime description displayName drive eTag id items
    lastModifiedBy lastModifiedByUser lastModifiedDateTime list name operations parentReference permissions
    sharepointIds subscriptions system webUrl
    """
)
LIST_ITEM = _names(
    """
    analytics contentType createdBy createdByUser createdDateTime description documentSetVersions driveItem eTag fields
    id lastModifiedBy lastModifiedByUser lastModifiedDateTime name parentReference sharepointIds versions webUrl
    """
)
APPLICATION = _names(
    """
    addIns api appId applicationTemplateId appRoles certification createdDateTime createdOnBehalfOf defaultRedirectUri
    deletedDateTime description disabledByMicrosoftStatus displayName groupMembershipClaims id identifierUris info
    isDeviceOnlyAuthSupported isFallbackPublicClient keyCredentials logo nativeAuthenticationApisEnabled notes
    oauth2RequirePostResponse optionalClaims owners parentalControlSettings passwordCredentials publicClient
    publisherDomain requestSignatureVerification requiredResourceAccess samlMetadataUrl serviceManagementReference
    servicePrincipalLockConfiguration signInAudience spa tags tokenEncryptionKeyId uniqueName verifiedPublisher web
    """
)
ROLE_DEFINITION = _names(
    """
    allowedPrincipalTypes description displayName id inheritsPermissionsFrom isBuiltIn isEnabled isPrivileged
    resourceScopes rolePermissions templateId version
    """
)
ROLE_ASSIGNMENT = _names(
    """
    appScope appScopeId condition directoryScope directoryScopeId id principal principalId roleDefinition
    roleDefinitionId
    """
)
PERSON = _names(
    """
    birthday companyName department displayName givenName id imAddress isFavorite jobTitle officeLocation personNotes
    personType phones postalAddresses profession scoredEmailAddresses surname userPrincipalName websites yomiCompany
    """
)
